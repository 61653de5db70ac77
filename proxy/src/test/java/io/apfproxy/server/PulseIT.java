package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.budget.AdaptiveBudget;
import io.apfproxy.budget.PulseTimes;
import io.apfproxy.budget.SeatUse;
import io.apfproxy.budget.UpstreamLoad;
import io.apfproxy.fixtures.attack.TcpRelay;
import io.apfproxy.fixtures.raw.FakeUpstream;
import io.apfproxy.time.TimeSource;
import io.apfproxy.timer.Timers;
import io.apfproxy.upstream.Pulse;
import io.apfproxy.upstream.Pulse.Outcome;
import io.apfproxy.upstream.members.Outage;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How pulses are sent and timed for somebody who wants to know how long they take. */
@Tag("alone")
@Tag("L-40")
@Tag("L-41")
class PulseIT {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Duration WAY = Duration.ofMillis(200);

  private final Vertx vertx = Vertx.vertx();
  private final Vertx own = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
  private final Times times = new Times();
  private final AtomicReference<Executor> loop = new AtomicReference<>(Runnable::run);
  private final FakeUpstream upstream =
      FakeUpstream.http(vertx, request -> request.response().end(), HttpVersion.HTTP_2);
  private final TcpRelay wire = new TcpRelay(upstream.port());
  private final Pulse pulse =
      new Pulse(
          own,
          () -> TestProxy.upstreamConfig(wire.port()),
          () -> null,
          Outage.never(),
          times,
          List.of((Executor) task -> loop.get().execute(task)));

  private static final PulseTimes NOBODY =
      new PulseTimes() {
        @Override
        public boolean wantsMany() {
          return false;
        }

        @Override
        public void took(long nanos, long queued) {}

        @Override
        public void ownDelay() {}
      };

  private static final class Times implements PulseTimes {
    final List<Long> millis = new CopyOnWriteArrayList<>();
    volatile long queued = -1;
    final AtomicInteger ownDelays = new AtomicInteger();
    volatile boolean many = true;
    volatile PulseTimes too = NOBODY;

    @Override
    public boolean wantsMany() {
      return many;
    }

    @Override
    public void took(long nanos, long queued) {
      this.queued = queued;
      millis.add(nanos / 1_000_000);
      too.took(nanos, 0); // whoever runs this test may be short of processors himself
    }

    @Override
    public void ownDelay() {
      ownDelays.incrementAndGet();
      too.ownDelay();
    }

    /** That many more have come; those. */
    List<Long> next(int number) {
      int before = millis.size();
      await().atMost(LONG).until(() -> millis.size() >= before + number);
      return millis.subList(before, before + number).stream().sorted().toList();
    }
  }

  @BeforeEach
  void start() {
    pulse.start();
  }

  @AfterEach
  void close() {
    get(pulse.close());
    get(own.close());
    wire.close();
    upstream.close();
    get(vertx.close());
  }

  @Test
  void takeThreeConnectionsInTurn() {
    times.next(12);

    long connections = wire.accepted();
    long late =
        pulse.count(Outcome.MISSED)
            + pulse.count(Outcome.FAILED)
            + pulse.count(Outcome.OWN_DELAY); // some of which leave their connection
    assertThat(connections).isBetween(3L, 3 + late);
    assertThat(pulse.count(Outcome.ANSWERED)).isGreaterThanOrEqualTo(12);
  }

  @Test
  void areAsLongAsTheWay() {
    times.next(5);
    long before = times.next(10).get(5);

    wire.delay(WAY);
    times.next(30); // those that were under way
    List<Long> later = times.next(10);

    assertThat(later.get(0)).as("after %s ms", before).isGreaterThanOrEqualTo(WAY.toMillis());
  }

  /** L-42: by as much as it is longer than it was, there and back. */
  @Test
  @Tag("L-42")
  void tellToAMillisecondByHowMuchTheWayIsLonger() {
    Duration near = Duration.ofMillis(1);
    try (Timers timers = new Timers("seats")) {
      AdaptiveBudget budget =
          new AdaptiveBudget(1, 1, Duration.ofSeconds(1), timers, TimeSource.system(), () -> 0.5);
      times.next(5); // the first ones meet code that is not compiled
      times.too = budget;
      budget.start(() -> new SeatUse(0, 1, false), () -> false);

      for (int millis : new int[] {0, 2, 10, 50}) {
        wire.delay(Duration.ofMillis(millis).dividedBy(2));
        times.next(6); // two of each connection: what is in the relay waits as before
        Duration longer = Duration.ofMillis(millis);
        await("a way that is " + millis + " ms longer")
            .atMost(LONG)
            .until(() -> delay(budget).minus(longer).abs().compareTo(near) <= 0);
      }
    }
  }

  private static Duration delay(AdaptiveBudget budget) {
    AdaptiveBudget.Reading reading = budget.reading();
    return reading.load() == UpstreamLoad.UNKNOWN
        ? Duration.ofDays(1)
        : Duration.ofNanos(reading.delayNanos());
  }

  /** Whether anybody is there upstream is seen all the same. */
  @Test
  void sayForHowLongClientsWaitForAnEventLoopThatDoesNotGetToThem() {
    loop.set(never -> {});
    wire.delay(WAY);

    await().atMost(LONG).until(() -> times.queued >= WAY.toNanos());
    long before = pulse.count(Outcome.ANSWERED);

    await().atMost(LONG).until(() -> pulse.count(Outcome.ANSWERED) > before);
  }

  @Test
  void comeOnceASecondWhereThereIsNothingToBeSeen() {
    times.next(5);
    times.many = false;
    times.next(2);
    long from = System.nanoTime();

    times.next(4); // the first of which may have been on its way

    assertThat(Duration.ofNanos(System.nanoTime() - from)).isGreaterThan(Duration.ofMillis(1_900));
  }

  @Test
  @Tag("S93")
  void sayNothingOfTheUpstreamWhileTheirOwnEventLoopStandsStill() {
    times.next(5);
    own.runOnContext(
        any -> {
          long until = System.nanoTime() + Duration.ofMillis(500).toNanos();
          while (System.nanoTime() - until < 0) {
            Thread.onSpinWait();
          }
        });

    await().atMost(LONG).until(() -> times.ownDelays.get() > 0);
    times.next(5);
  }
}
