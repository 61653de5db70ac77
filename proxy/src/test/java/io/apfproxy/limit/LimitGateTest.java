package io.apfproxy.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.config.RateLimit;
import io.apfproxy.gate.Asked;
import io.apfproxy.gate.FakeAsked;
import io.apfproxy.gate.Gate;
import io.apfproxy.gate.RecordedGate;
import io.apfproxy.limit.LimitedProxy.Fate;
import io.apfproxy.request.RefusedException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Specification limits.md L-01, L-04, L-05, L-22 to L-25. */
class LimitGateTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private static RefusedException refusal(Fate fate) {
    return Objects.requireNonNull(fate.refusal());
  }

  @Test
  void costsNothingWhereThereIsNoLimit() {
    LimitedProxy proxy = new LimitedProxy();
    FakeAsked asked = proxy.get("alice");
    var thread = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    List<Gate> gates =
        List.of(proxy.limits.beforeAuthentication(), proxy.limits.paces(), proxy.limits.places());
    boolean concerned = concern(gates, asked, 10_000);
    long before = thread.getCurrentThreadAllocatedBytes();
    concerned |= concern(gates, asked, 100_000);
    assertThat(thread.getCurrentThreadAllocatedBytes() - before).isLessThan(100_000);
    assertThat(concerned).isFalse();
  }

  private static boolean concern(List<Gate> gates, Asked asked, int times) {
    boolean any = false;
    for (int i = 0; i < times; i++) {
      for (int gate = 0; gate < gates.size(); gate++) {
        any |= gates.get(gate).concerns(asked);
      }
    }
    return any;
  }

  @Test
  void allocatesNothingAtALimitThatLetsPass() throws RefusedException {
    LimitedProxy proxy =
        new LimitedProxy(
            Limiting.of("users").by("User").perSecond(1_000_000_000, 1_000_000_000),
            Limiting.of("tenants").by("Namespace").perSecond(1_000_000_000, 1_000_000_000),
            Limiting.of("lists").verbs("list").perSecond(1, 1));
    Gate gate = proxy.limits.paces();
    FakeAsked asked = proxy.get("system:serviceaccount:shop:checkout");
    var thread = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    enter(gate, asked, 20_000);
    long before = thread.getCurrentThreadAllocatedBytes();
    enter(gate, asked, 100_000);
    assertThat(thread.getCurrentThreadAllocatedBytes() - before).isLessThan(100_000);
  }

  private static void enter(Gate gate, Asked asked, int times) throws RefusedException {
    for (int i = 0; i < times; i++) {
      if (!gate.concerns(asked) || gate.enter(asked, 0) != 0) {
        throw new AssertionError("waits");
      }
      gate.leave(asked);
    }
  }

  @Test
  void refusesWhatIsTooMuchAndSaysWhenToComeBack() {
    LimitedProxy proxy =
        new LimitedProxy(Limiting.of("users").by("User").tokens(1, "10s", 3, "0s"));
    assertThat(proxy.passing(3, () -> proxy.get("alice"))).isEqualTo(3);
    proxy.time.advance(Duration.ofMillis(500));
    RefusedException refusal = refusal(proxy.ask(proxy.get("alice")));
    assertThat(refusal.code()).isEqualTo(429);
    assertThat(refusal.reason()).isEqualTo("TooManyRequests");
    assertThat(refusal.rule()).isEqualTo("rate-limit");
    assertThat(refusal.limit()).isEqualTo("users");
    assertThat(refusal.retryAfterSeconds()).isEqualTo(10);
    assertThat(refusal.plainText()).isNull();
    assertThat(refusal.closesConnection()).isFalse();
    assertThat(refusal)
        .hasMessage(
            "too many requests: more than a rate limit of this proxy allows; try again in 10 s");
    proxy.time.advance(Duration.ofMillis(9_499));
    assertThat(refusal(proxy.ask(proxy.get("alice"))).retryAfterSeconds()).isEqualTo(1);
    proxy.time.advance(Duration.ofMillis(1));
    assertThat(proxy.passing(2, () -> proxy.get("alice"))).isEqualTo(1);
    assertThat(proxy.reading("users").refused()).isEqualTo(3);
    assertThat(proxy.reading("users").passed()).isEqualTo(4);
    assertThat(proxy.reading("users").fullest()).isEqualTo(1);
  }

  @Test
  void letsWaitForUnitsAsLongAsTheLimitAndTheRequestMay() {
    LimitedProxy proxy =
        new LimitedProxy(Limiting.of("users").by("User").tokens(1, "1s", 1, "60s"));
    FakeAsked hasty = proxy.get("alice");
    hasty.waitsUntil = 2 * SECOND;
    assertThat(proxy.ask(proxy.get("alice")).passes()).isTrue();
    assertThat(proxy.ask(hasty).nanos()).isEqualTo(SECOND);
    assertThat(proxy.ask(hasty).nanos()).isEqualTo(2 * SECOND);
    assertThat(refusal(proxy.ask(hasty)).retryAfterSeconds()).isEqualTo(1);
    assertThat(proxy.ask(proxy.get("alice")).nanos()).isEqualTo(3 * SECOND);
    LimitReading reading = proxy.reading("users");
    assertThat(reading.delayed()).isEqualTo(3);
    assertThat(reading.waits().nanos()).isEqualTo(6 * SECOND);
    assertThat(reading.waits().numbers())
        .containsExactly(0L, 0L, 0L, 0L, 1L, 1L, 1L, 0L, 0L, 0L, 0L, 0L);
  }

  @Test
  void letsOneOutAtATimeWhereItLeaks() {
    LimitedProxy proxy = new LimitedProxy(Limiting.of("leak").by("User").leaking(50, 3));
    List<Long> waits = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      waits.add(TimeUnit.NANOSECONDS.toMillis(proxy.ask(proxy.get("alice")).nanos()));
    }
    assertThat(waits).containsExactly(0L, 20L, 40L, 60L);
    assertThat(refusal(proxy.ask(proxy.get("alice"))).retryAfterSeconds()).isEqualTo(1);
  }

  @Test
  void countsSeatsWhereItIsToldTo() {
    LimitedProxy proxy =
        new LimitedProxy(
            Limiting.of("seats").by("User").unit(RateLimit.SEATS).tokens(10, "1s", 30, "0s"));
    proxy.listSeats = 12;
    assertThat(proxy.passing(9, () -> proxy.request("GET", LimitedProxy.PODS, "ci"))).isEqualTo(2);
    assertThat(proxy.passing(9, () -> proxy.get("ci"))).isEqualTo(6);
    RefusedException refusal = refusal(proxy.ask(proxy.request("GET", LimitedProxy.PODS, "ci")));
    assertThat(refusal.retryAfterSeconds()).isEqualTo(2);
    proxy.listSeats = 100;
    proxy.time.advance(Duration.ofSeconds(60));
    assertThat(proxy.ask(proxy.request("GET", LimitedProxy.PODS, "ci")).passes())
        .as("wider than the bucket: it takes all of it")
        .isTrue();
    assertThat(proxy.ask(proxy.get("ci")).passes()).isFalse();
  }

  @Test
  void holdsToAllLimitsThatConcernARequest() {
    LimitedProxy proxy =
        new LimitedProxy(
            Limiting.of("all").tokens(1, "1s", 5, "0s"),
            Limiting.of("users").by("User").tokens(1, "20s", 2, "0s"));
    assertThat(proxy.passing(9, () -> proxy.get("alice"))).isEqualTo(2);
    assertThat(proxy.passing(2, () -> proxy.get("bob")))
        .as("alice lost nothing of what all have where she was refused")
        .isEqualTo(2);
    assertThat(proxy.passing(9, () -> proxy.get("carol"))).isEqualTo(1);
    RefusedException refusal = refusal(proxy.ask(proxy.get("alice")));
    assertThat(refusal.limit()).as("that which refuses longest").isEqualTo("users");
    assertThat(refusal.retryAfterSeconds()).isEqualTo(20);
    assertThat(refusal(proxy.ask(proxy.get("dave"))).limit()).isEqualTo("all");
  }

  @Test
  void waitsForTheLongestOfSeveralWaitsOnly() {
    LimitedProxy proxy =
        new LimitedProxy(
            Limiting.of("all").tokens(1, "2s", 1, "60s"),
            Limiting.of("users").by("User").tokens(1, "3s", 1, "60s"));
    assertThat(proxy.ask(proxy.get("alice")).passes()).isTrue();
    assertThat(proxy.ask(proxy.get("alice")).nanos()).isEqualTo(3 * SECOND);
    assertThat(proxy.ask(proxy.get("bob")).nanos()).isEqualTo(4 * SECOND);
  }

  /** L-23: but of a leaky bucket, which gives nothing back. */
  @Test
  void takesBackWhatWasOfNoUse() {
    Gate full = new RecordedGate("full", 0, new ArrayList<>());
    LimitedProxy proxy =
        new LimitedProxy(
            Limiting.of("tokens").by("User").tokens(1, "60s", 2, "0s"),
            Limiting.of("leak").verbs("list").leaking(1, 0));
    for (int i = 0; i < 5; i++) {
      Fate fate = proxy.ask(proxy.get("alice"), proxy.limits.paces(), full);
      assertThat(refusal(fate).rule()).isEqualTo("full");
    }
    assertThat(proxy.passing(9, () -> proxy.get("alice"))).isEqualTo(2);
    assertThat(proxy.reading("tokens").refunded()).isEqualTo(5);
    FakeAsked list = proxy.request("GET", LimitedProxy.PODS, "bob");
    assertThat(refusal(proxy.ask(list, proxy.limits.paces(), full)).rule()).isEqualTo("full");
    assertThat(refusal(proxy.ask(list, proxy.limits.paces(), full)).rule()).isEqualTo("rate-limit");
  }

  /** However many come in vain: nobody waits, so that nobody has taken what comes next. */
  @Test
  void takesNothingOfWhomThereIsNoRoomFor() {
    LimitedProxy proxy =
        new LimitedProxy(
            Limiting.of("tokens").verbs("get").by("User").tokens(1, "1s", 1, "60s"),
            Limiting.of("leak").verbs("list").by("User").leaking(1, 60),
            Limiting.of("all").tokens(1_000, "1s", 1_000, "60s"));
    Supplier<FakeAsked> list = () -> proxy.request("GET", LimitedProxy.PODS, "bob");
    assertThat(proxy.ask(proxy.get("alice")).passes()).isTrue();
    assertThat(proxy.ask(list.get()).passes()).isTrue();
    proxy.room = false;
    for (int i = 0; i < 10; i++) {
      assertThat(refusal(proxy.ask(proxy.get("alice"))).rule()).isEqualTo("no-room");
      assertThat(refusal(proxy.ask(list.get())).rule()).isEqualTo("no-room");
    }
    proxy.time.advance(Duration.ofSeconds(1));
    assertThat(proxy.ask(proxy.get("alice")).passes()).isTrue();
    assertThat(proxy.ask(list.get()).passes()).isTrue();
    LimitReading reading = proxy.reading("tokens");
    assertThat(List.of(reading.passed(), reading.delayed(), reading.refunded()))
        .containsExactly(2L, 0L, 0L);
  }

  /** L-23: what counts as refunded came back, of a leaky bucket or of bytes nothing does. */
  @Test
  void countsAsRefundedOnlyWhatCameBack() {
    Gate full = new RecordedGate("full", 0, new ArrayList<>());
    LimitedProxy proxy =
        new LimitedProxy(
            Limiting.of("tokens").by("User").tokens(1, "60s", 2, "60s"),
            Limiting.of("leak").leaking(1_000, 60),
            Limiting.of("bytes").unit(RateLimit.BYTES).tokens(65_536, "1s", 65_536, "0s"),
            Limiting.of("places").atATime(5));
    Gate[] gates = {proxy.limits.paces(), proxy.limits.places(), full};
    for (int i = 0; i < 3; i++) {
      assertThat(refusal(proxy.ask(proxy.get("alice"), gates)).rule()).isEqualTo("full");
      proxy.time.advance(Duration.ofMillis(1));
    }
    assertThat(proxy.reading("tokens").refunded()).isEqualTo(3);
    assertThat(proxy.reading("leak").refunded()).isZero();
    assertThat(proxy.reading("bytes").refunded()).isZero();
    assertThat(proxy.reading("places").refunded()).isEqualTo(3);
  }

  @Test
  void keepsWhatWasUsed() {
    LimitedProxy proxy =
        new LimitedProxy(Limiting.of("tokens").by("User").tokens(1, "60s", 2, "0s"));
    proxy.ask(proxy.get("alice")).end();
    FakeAsked queued = proxy.get("alice");
    Fate fate = proxy.ask(queued);
    queued.waits++; // in a queue, in vain
    queued.refused = true;
    fate.end();
    assertThat(proxy.ask(proxy.get("alice")).passes()).isFalse();
  }

  @Test
  void countsWhatIsUnderWayUntilItEnds() {
    LimitedProxy proxy =
        new LimitedProxy(Limiting.of("execs").by("User").longRunning(RateLimit.ONLY).atATime(2));
    String exec = LimitedProxy.PODS + "/web-0/exec?command=sh";
    Fate first = proxy.ask(proxy.request("POST", exec, "alice"));
    Fate second = proxy.ask(proxy.request("POST", exec, "alice"));
    assertThat(second.passes()).isTrue();
    RefusedException refusal = refusal(proxy.ask(proxy.request("POST", exec, "alice")));
    assertThat(refusal.rule()).isEqualTo("in-flight-limit");
    assertThat(refusal.limit()).isEqualTo("execs");
    assertThat(refusal.retryAfterSeconds()).isEqualTo(1);
    assertThat(refusal)
        .hasMessage(
            "too many requests: too many at the same time by a limit of this proxy; "
                + "try again in 1 s");
    assertThat(proxy.ask(proxy.get("alice")).passes()).isTrue();
    assertThat(proxy.ask(proxy.request("POST", exec, "bob")).passes()).isTrue();
    proxy.time.advance(Duration.ofDays(400));
    assertThat(proxy.ask(proxy.request("POST", exec, "alice")).passes()).isFalse();
    first.end();
    Fate third = proxy.ask(proxy.request("POST", exec, "alice"));
    assertThat(third.passes()).isTrue();
    assertThat(proxy.reading("execs").keys()).isEqualTo(2);
    second.end();
    third.end();
    assertThat(proxy.reading("execs").keys()).isEqualTo(1);
  }

  @Test
  void letsWhatIsWiderThanAllPlacesHaveThemAlone() {
    LimitedProxy proxy = new LimitedProxy(Limiting.of("wide").unit(RateLimit.SEATS).atATime(10));
    proxy.listSeats = 50;
    Fate wide = proxy.ask(proxy.request("GET", LimitedProxy.PODS, "alice"));
    assertThat(wide.passes()).isTrue();
    assertThat(proxy.ask(proxy.get("bob")).passes()).isFalse();
    proxy.listSeats = 1; // it is given back as wide as it was
    wide.end();
    assertThat(proxy.passing(20, () -> proxy.get("bob"))).isEqualTo(10);
  }

  /** Nobody holds a place while he waits for a rate. */
  @Test
  void asksForPlacesWhenTheWaitIsOver() throws RefusedException {
    LimitedProxy proxy =
        new LimitedProxy(
            Limiting.of("slow").tokens(1, "1s", 1, "60s"), Limiting.of("few").atATime(1));
    Fate first = proxy.ask(proxy.get("alice"));
    FakeAsked asked = proxy.get("alice");
    Fate waiting = proxy.ask(asked);
    assertThat(waiting.nanos()).isEqualTo(SECOND);
    first.end();
    assertThat(proxy.reading("few").fullest()).isZero();
    asked.waits++;
    assertThat(Objects.requireNonNull(waiting.passage()).goOn(SECOND)).isZero();
    assertThat(proxy.reading("few").fullest()).isEqualTo(1);
    waiting.end();
    assertThat(proxy.reading("few").fullest()).isZero();
  }

  /** L-24: who shares a bucket would come back in the same second as all the others. */
  @Test
  void spreadsThoseThatShareABucketWhenTheyComeBack() {
    LimitedProxy proxy =
        new LimitedProxy(
            Limiting.of("shared").verbs("list").tokens(2, "1s", 1, "0s"),
            Limiting.of("keyed").verbs("get").by("User").tokens(2, "1s", 1, "0s"));
    proxy.random = 0.999;
    List<Integer> seconds = new ArrayList<>();
    List<Integer> keyed = new ArrayList<>();
    for (int i = 0; i <= 100; i++) {
      Fate list = proxy.ask(proxy.request("GET", LimitedProxy.PODS, "alice"));
      Fate get = proxy.ask(proxy.get("alice"));
      if (i > 0) {
        seconds.add(refusal(list).retryAfterSeconds());
        keyed.add(refusal(get).retryAfterSeconds());
      }
    }
    assertThat(keyed).containsOnly(1);
    assertThat(seconds.get(0)).isEqualTo(1 + 1);
    assertThat(seconds.get(9)).isEqualTo(1 + 5);
    assertThat(seconds.get(99)).as("half a minute at most").isEqualTo(1 + 30);
    proxy.time.advance(Duration.ofSeconds(5));
    proxy.ask(proxy.request("GET", LimitedProxy.PODS, "alice"));
    assertThat(
            refusal(proxy.ask(proxy.request("GET", LimitedProxy.PODS, "alice")))
                .retryAfterSeconds())
        .isEqualTo(1 + 1);
  }

  @Test
  void hasRoomForSoManyThatWait() throws RefusedException {
    LimitedProxy proxy = new LimitedProxy();
    Gate room = proxy.limits.waitingRoom(asked -> asked); // each is one's own
    FakeAsked asked = proxy.get("alice");
    for (int i = 1; i < RateLimits.MOST_WAITING; i++) {
      room.enter(proxy.get("alice"), 0);
    }
    room.enter(asked, 0);
    RefusedException refusal = refusal(proxy.ask(proxy.get("alice"), room));
    assertThat(refusal.rule()).isEqualTo("rate-limit-waiting");
    assertThat(refusal.retryAfterSeconds()).isEqualTo(1);
    assertThat(proxy.limits.waiting()).isEqualTo(RateLimits.MOST_WAITING);
    assertThat(proxy.limits.waitingOverflows()).isEqualTo(1);
    room.leave(asked);
    room.enter(proxy.get("alice"), 0);
  }

  /** A share binds only while the whole is scarce, and both entrances lead to the same room. */
  @Test
  @Tag("L-04")
  void leavesRoomToWaitForTheOthers() throws RefusedException {
    LimitedProxy proxy = new LimitedProxy();
    Gate ofUsers = proxy.limits.waitingRoom(asked -> asked.digest().user().name());
    List<FakeAsked> waiting = new ArrayList<>();
    RefusedException refusal = null;
    while (refusal == null && waiting.size() < RateLimits.MOST_WAITING) {
      FakeAsked asked = proxy.get("elephant");
      try {
        ofUsers.enter(asked, 0);
        waiting.add(asked);
      } catch (RefusedException full) {
        refusal = full;
      }
    }
    assertThat(waiting).hasSize(RateLimits.MOST_WAITING / 5 * 4);
    ofUsers.enter(proxy.get("mouse"), 0);
    proxy.limits.waitingRoom(asked -> "192.0.2.1").enter(proxy.get("stranger"), 0);
    waiting.forEach(ofUsers::leave);
    assertThat(proxy.limits.waiting()).isEqualTo(2);
    ofUsers.enter(proxy.get("elephant"), 0);
  }
}
