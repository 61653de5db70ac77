package io.apfproxy.attack;

import io.apfproxy.fixtures.attack.TlsClient;
import io.apfproxy.fixtures.raw.Dial;
import io.apfproxy.fixtures.raw.Http2WireClient;
import io.apfproxy.fixtures.raw.WireResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Phaser;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * The polite client of I8: twenty requests a second on a connection of its own, from an address of
 * its own, whatever becomes of those before. Once a second another one, which has no connection
 * yet, sends its first request, and somebody asks the admin listener whether it is ready.
 */
final class HonestClient {
  /*
   * A request is late from the moment it was due, not from when a thread got to it, and those that never come are counted apart: a
   * proxy that stands still for a second cannot hide it by being asked less.
   */
  static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final int PER_SECOND = 20;
  static final String ADDRESS = "127.0.0.2";
  private static final ThreadFactory DAEMONS =
      task -> {
        Thread thread = new Thread(task, "honest client");
        thread.setDaemon(true);
        return thread;
      };

  private final int port;
  private final URI readyz;
  private final String target;
  private final List<String> headers;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
  private final Http2WireClient kept;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(DAEMONS);
  private final ExecutorService threads = Executors.newCachedThreadPool(DAEMONS);
  private final Phaser underWay = new Phaser(1);
  private final Histogram onKept = new ConcurrentHistogram(60_000, 3);
  private final Histogram onNew = new ConcurrentHistogram(60_000, 3);
  private final Map<String, Integer> refused = new TreeMap<>();
  private @Nullable ScheduledFuture<?> ticking;
  private int sent;
  private int unanswered;

  /**
   * @param token of a user who may read the target
   */
  HonestClient(Victim victim, String target, String token) {
    this.port = victim.port();
    this.readyz = URI.create("http://127.0.0.1:" + victim.adminPort() + "/readyz");
    this.target = target;
    this.headers = List.of("Authorization: Bearer " + token);
    this.kept = client();
  }

  /** What came of it; times in milliseconds. */
  record Answers(
      int sent, long p50, long p99, long newP99, Map<String, Integer> refused, int unanswered) {
    int refusals() {
      return refused.values().stream().mapToInt(Integer::intValue).sum();
    }
  }

  /** Begins. */
  void start() {
    long[] ticks = {0};
    ticking =
        clock.scheduleAtFixedRate(
            () -> {
              long tick = ticks[0]++;
              begin("", onKept, kept);
              if (tick % PER_SECOND == PER_SECOND / 2) {
                begin("new: ", onNew, client());
              }
              if (tick % PER_SECOND == 0) {
                probe();
              }
            },
            0,
            TimeUnit.SECONDS.toNanos(1) / PER_SECOND,
            TimeUnit.NANOSECONDS);
  }

  /** Sends nothing more, waits for what is under way, and sums up. */
  Answers stop() throws InterruptedException {
    if (ticking != null) {
      ticking.cancel(false);
    }
    clock.shutdown();
    if (!clock.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new IllegalStateException("a tick does not end");
    }
    try {
      underWay.awaitAdvanceInterruptibly(
          underWay.arrive(), PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      // counted below
    }
    threads.execute(() -> closeQuietly(kept));
    synchronized (this) {
      int late = underWay.getUnarrivedParties() - 1;
      threads.shutdown();
      return new Answers(
          sent,
          onKept.getValueAtPercentile(50),
          onKept.getValueAtPercentile(99),
          onNew.getMaxValue(),
          new TreeMap<>(refused),
          unanswered + Math.max(0, late));
    }
  }

  private void begin(String kind, Histogram times, Http2WireClient client) {
    long due = System.nanoTime();
    inTheBackground(
        kind,
        () -> {
          try {
            WireResponse response = client.exchange("GET", target, headers, new byte[0]);
            took(due, times);
            if (response.status() != 200) {
              refused(kind + response.status());
            }
          } finally {
            if (client != kept) {
              closeQuietly(client);
            }
          }
        },
        due);
  }

  private void probe() {
    long due = System.nanoTime();
    HttpRequest request = HttpRequest.newBuilder(readyz).timeout(PATIENCE).build();
    inTheBackground(
        "readyz: ",
        () -> {
          int status = http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
          if (status != 200) {
            refused("readyz: " + status);
          }
        },
        due);
  }

  private interface Attempt {
    void run() throws IOException, InterruptedException;
  }

  private void inTheBackground(String kind, Attempt attempt, long due) {
    synchronized (this) {
      sent++;
    }
    underWay.register();
    threads.execute(
        () -> {
          try {
            attempt.run();
          } catch (IOException e) {
            broken(kind, e, due);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          } finally {
            underWay.arriveAndDeregister();
          }
        });
  }

  private void took(long due, Histogram times) {
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - due);
    times.recordValue(Math.min(60_000, millis));
    if (millis > PATIENCE.toMillis()) {
      synchronized (this) {
        unanswered++;
      }
    }
  }

  private synchronized void broken(String kind, IOException why, long due) {
    if (System.nanoTime() - due >= PATIENCE.toNanos()) {
      unanswered++;
    } else {
      refused(kind + why.getMessage());
    }
  }

  private synchronized void refused(String why) {
    refused.merge(why, 1, Integer::sum);
  }

  private Http2WireClient client() {
    TlsClient tls = new TlsClient(port).from(ADDRESS).protocols("h2").timeout(PATIENCE);
    Dial dial = tls::connect;
    return new Http2WireClient(URI.create("https://127.0.0.1:" + port), dial);
  }

  private static void closeQuietly(Http2WireClient client) {
    try {
      client.close();
    } catch (IOException e) {
      // it has ended either way
    }
  }
}
