package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.apfproxy.config.Enforcement;
import io.apfproxy.fixtures.raw.FakeUpstream;
import io.apfproxy.flowcontrol.Admission;
import io.apfproxy.flowcontrol.AdmissionListener;
import io.apfproxy.flowcontrol.FlowControl;
import io.apfproxy.flowcontrol.FlowMetrics;
import io.apfproxy.flowcontrol.RejectReason;
import io.apfproxy.flowcontrol.Rejection;
import io.apfproxy.flowcontrol.SeatLease;
import io.apfproxy.flowcontrol.ShadowListener;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.timer.Timers;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Two proxies get the same requests at the same instants, twice as many as their level has seats
 * for; one holds them to what it decides, the other is in shadow. What the one does the other says
 * it would have done: the part that is refused within two points, waits within a tenth or 5 ms, and
 * nobody in shadow waits longer than 1 ms. Run by name, on a quiet machine: {@code
 * -Dit.test=ShadowLoadReport -Dapf.shadow.seconds=20}. Specification seeing.md V-35, V-37; {@code
 * ShadowEqualityPropertyTest} says it exactly, in virtual time.
 */
final class ShadowLoadReport extends ForwardingFixture {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final int SECONDS = Integer.getInteger("apf.shadow.seconds", 20);
  private static final int SEATS = 4;
  private static final int SERVICE_MILLIS = 20;
  private static final int A_SECOND = 2 * SEATS * 1000 / SERVICE_MILLIS;
  private static final int WARM_UP = 100;
  private static final String TARGET = "/api/v1/pods";

  private static final double POINTS = 0.02;
  private static final double PART = 0.1;
  private static final double MOST_MILLIS = 5;
  private static final double MOST_ADDED_MILLIS = 1;

  /** What a level decided: in earnest, or for a request that goes on all the same. */
  private static final class Decided implements FlowMetrics, FlowMetrics.FlowMeter {
    private final Queue<Double> services = new ConcurrentLinkedQueue<>();
    private final Queue<Double> waits = new ConcurrentLinkedQueue<>();
    private final AtomicInteger refusals = new AtomicInteger();
    private final Queue<Double> wouldWaits = new ConcurrentLinkedQueue<>();
    private final AtomicInteger wouldRefuse = new AtomicInteger();

    @Override
    public FlowMeter flow(String priorityLevel, String flowSchema) {
      return priorityLevel.equals("level") ? this : FlowMeter.NONE;
    }

    @Override
    public void waited(long nanos, boolean execute) {
      if (execute) {
        waits.add(nanos / 1e6);
      }
    }

    @Override
    public void rejected(RejectReason reason) {
      if (reason == RejectReason.QUEUE_FULL) { // who is refused later has waited
        refusals.incrementAndGet();
      }
    }

    @Override
    public void wouldWait(long nanos, boolean execute) {
      if (execute) {
        wouldWaits.add(nanos / 1e6);
      }
    }

    @Override
    public void wouldReject(RejectReason reason) {
      if (reason == RejectReason.QUEUE_FULL) {
        wouldRefuse.incrementAndGet();
      }
    }

    @Override
    public void executed(long nanos, boolean watch) {
      services.add(nanos / 1e6);
    }
  }

  /** Tells how long it took until a request was told its fate, in milliseconds. */
  private record Timed(FlowControl control, Queue<Double> added) implements FlowControl {
    @Override
    public Admission admit(RequestDigest digest, AdmissionListener listener) {
      long start = System.nanoTime();
      return control.admit(
          digest,
          new AdmissionListener() {
            @Override
            public void onExecute(SeatLease lease) {
              added.add((System.nanoTime() - start) / 1e6);
              listener.onExecute(lease);
            }

            @Override
            public void onReject(Rejection rejection) {
              listener.onReject(rejection);
            }

            @Override
            public void onWouldReject(Rejection rejection, long waitedNanos) {
              listener.onWouldReject(rejection, waitedNanos);
            }

            @Override
            public @Nullable ShadowListener afterExchange() {
              return listener.afterExchange();
            }
          });
    }
  }

  private void answerLater(HttpServerRequest request) {
    vertx.setTimer(SERVICE_MILLIS, passed -> request.response().end("{}"));
  }

  @Test
  void decidesWhatAProxyDecidesThatHoldsThemToIt() {
    Decided enforced = new Decided();
    Decided shadow = new Decided();
    Queue<Double> added = new ConcurrentLinkedQueue<>();
    try (Timers later = new Timers("shadow");
        FakeUpstream upstream = FakeUpstream.http(vertx, this::answerLater, HttpVersion.HTTP_2);
        TestProxy one = new TestProxy(vertx, upstream.port());
        TestProxy other = new TestProxy(vertx, upstream.port())) {
      one.otherFlowControl = OneLevel.of(SEATS, Enforcement.ENFORCE, enforced, later);
      other.otherFlowControl =
          new Timed(OneLevel.of(SEATS, Enforcement.SHADOW, shadow, later), added);
      List<HttpClient> clients =
          List.of(one.client(HttpVersion.HTTP_2), other.client(HttpVersion.HTTP_2));
      warmUp(clients);
      forget(enforced, shadow, added);

      List<List<Integer>> codes = load(clients, SECONDS * A_SECOND);

      int all = SECONDS * A_SECOND;
      Awaitility.await()
          .atMost(LONG)
          .untilAsserted(
              () -> assertThat(shadow.wouldWaits.size() + shadow.wouldRefuse.get()).isEqualTo(all));
      double refused = (double) enforced.refusals.get() / all;
      double wouldRefuse = (double) shadow.wouldRefuse.get() / all;
      System.out.printf(
          "shadow: %d requests at twice the capacity: %.1f %% refused, would have been %.1f %%; wait"
              + " p50 %.1f ms, would %.1f, p99 %.1f ms, would %.1f; added p99 %.3f ms; upstream"
              + " takes %d ms, of which p95 is %.1f, in shadow %.1f%n",
          all,
          100 * refused,
          100 * wouldRefuse,
          quantile(enforced.waits, 0.5),
          quantile(shadow.wouldWaits, 0.5),
          quantile(enforced.waits, 0.99),
          quantile(shadow.wouldWaits, 0.99),
          quantile(added, 0.99),
          SERVICE_MILLIS,
          quantile(enforced.services, 0.95),
          quantile(shadow.services, 0.95));
      assertThat(codes.get(0).stream().filter(code -> code == 429))
          .hasSizeGreaterThanOrEqualTo(enforced.refusals.get());
      assertThat(codes.get(1)).as("in shadow").containsOnly(200);
      assertThat(shadow.refusals).hasValue(0);
      assertThat(codes.get(0)).contains(200, 429);
      assertThat(wouldRefuse).isCloseTo(refused, within(POINTS));
      for (double part : List.of(0.5, 0.99)) {
        double wait = quantile(enforced.waits, part);
        assertThat(quantile(shadow.wouldWaits, part))
            .as("wait, quantile " + part)
            .isCloseTo(wait, within(Math.max(MOST_MILLIS, PART * wait)));
      }
      assertThat(quantile(added, 0.99)).isLessThanOrEqualTo(MOST_ADDED_MILLIS);
    }
  }

  private static void forget(Decided enforced, Decided shadow, Queue<Double> added) {
    for (Decided decided : List.of(enforced, shadow)) {
      decided.services.clear();
      decided.waits.clear();
      decided.wouldWaits.clear();
      decided.refusals.set(0);
      decided.wouldRefuse.set(0);
    }
    added.clear();
  }

  /** One at a time, so that none waits, until what serves them has been compiled. */
  private static void warmUp(List<HttpClient> clients) {
    for (int i = 0; i < WARM_UP; i++) {
      clients.forEach(client -> assertThat(get(ask(client))).isEqualTo(200));
    }
  }

  /** What each of the two answered, asked at a fixed rate whatever they do. */
  private static List<List<Integer>> load(List<HttpClient> clients, int requests) {
    List<List<Future<Integer>>> answers = List.of(new ArrayList<>(), new ArrayList<>());
    long start = System.nanoTime();
    for (int i = 0; i < requests; i++) {
      long due = start + i * 1_000_000_000L / A_SECOND;
      while (System.nanoTime() < due) {
        LockSupport.parkNanos(due - System.nanoTime());
      }
      for (int which = 0; which < 2; which++) {
        answers.get(which).add(ask(clients.get(which)));
      }
    }
    return answers.stream().map(list -> list.stream().map(TestProxy::get).toList()).toList();
  }

  private static Future<Integer> ask(HttpClient client) {
    return client
        .request(HttpMethod.GET, TARGET)
        .compose(HttpClientRequest::send)
        .compose(ShadowLoadReport::codeOf);
  }

  private static Future<Integer> codeOf(HttpClientResponse response) {
    return response.body().map(response.statusCode());
  }

  private static double quantile(Queue<Double> values, double part) {
    List<Double> sorted = values.stream().sorted().toList();
    return sorted.get((int) (part * (sorted.size() - 1)));
  }
}
