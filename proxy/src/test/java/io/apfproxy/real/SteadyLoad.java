package io.apfproxy.real;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A number of requests kept under way, whose every end is counted. */
final class SteadyLoad implements AutoCloseable {
  private final List<ApiClient> clients;
  private final String target;
  private final SortedMap<String, AtomicInteger> ends = new ConcurrentSkipListMap<>();
  private final CountDownLatch idle;
  private volatile boolean stopping;

  private SteadyLoad(List<ApiClient> clients, String target, int underWay) {
    this.clients = clients;
    this.target = target;
    this.idle = new CountDownLatch(underWay);
  }

  /** Starts; each request that ends is followed by another one. */
  static SteadyLoad start(List<ApiClient> clients, String target, int underWay) {
    SteadyLoad load = new SteadyLoad(clients, target, underWay);
    for (int i = 0; i < underWay; i++) {
      load.next(i);
    }
    return load;
  }

  private void next(int number) {
    if (stopping) {
      idle.countDown();
      return;
    }
    var unused =
        clients
            .get(number % clients.size())
            .send("GET", target, "", Map.of(), HttpResponse.BodyHandlers.discarding())
            .whenComplete(
                (response, failure) -> {
                  String end =
                      failure == null ? String.valueOf(response.statusCode()) : failure.toString();
                  ends.computeIfAbsent(end, key -> new AtomicInteger()).incrementAndGet();
                  next(number);
                });
  }

  /** Requests that ended so far, by status code, or by what went wrong where none came. */
  SortedMap<String, Integer> ends() {
    SortedMap<String, Integer> now = new TreeMap<>();
    ends.forEach((end, count) -> now.put(end, count.get()));
    return now;
  }

  int count() {
    return ends().values().stream().mapToInt(Integer::intValue).sum();
  }

  /** Lets the requests under way end and returns all ends. */
  SortedMap<String, Integer> stop() throws InterruptedException {
    stopping = true;
    if (!idle.await(90, TimeUnit.SECONDS)) {
      throw new IllegalStateException(idle.getCount() + " requests never ended: " + ends());
    }
    return ends();
  }

  @Override
  public void close() {
    stopping = true;
  }
}
