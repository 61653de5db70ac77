package io.apfproxy.server.walk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.apfproxy.config.Enforcement;
import io.apfproxy.config.RateLimit;
import io.apfproxy.gate.FakeAsked;
import io.apfproxy.gate.Passage;
import io.apfproxy.limit.Limiting;
import io.apfproxy.limit.RateLimits;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.request.RequestInfoParser;
import io.apfproxy.request.RequestTarget;
import io.apfproxy.request.UserInfo;
import io.apfproxy.server.listen.LongRequestLimits;
import io.apfproxy.server.listen.RequestLimits;
import io.apfproxy.time.ManualTime;
import io.apfproxy.upstream.members.Outage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * In which order a request passes the gates, seen by who refuses it while all would. Source:
 * specification limits.md L-03.
 */
@Tag("L-03")
class GatesTest {
  private static final String WATCH = "/api/v1/pods?watch=true";
  private static final String EXEC = "/api/v1/namespaces/a/pods/b/exec";

  private final ManualTime time = new ManualTime();
  private final Outage outage =
      new Outage(Duration.ofSeconds(1), time::nanoTime, new Outage.Listener() {});
  private final RateLimits rates =
      new RateLimits(time, digest -> 1, address -> false, 1, Enforcement.ENFORCE);
  private final Gates gates =
      new Gates(
          new RequestLimits(1, 1, 0, 0, 0, 0, 0, 0, 0, new LongRequestLimits(1, 1, 0, 0, 0)),
          rates,
          outage,
          time);

  // Each lets two pass.
  private final RateLimit ofStrangers =
      Limiting.of("of-strangers").beforeAuthentication().tokens(1, "24h", 2, "0s");
  private final RateLimit ofUsers = Limiting.of("of-users").tokens(1, "24h", 2, "0s");
  private final RateLimit atATime = Limiting.of("at-a-time").atATime(2);

  /** A watch over a web socket: it concerns all of them. */
  @Test
  void refuseOneAfterTheOther() throws RefusedException {
    rates.apply(List.of(ofStrangers, ofUsers, atATime));
    Runnable watch = enter("alice", WATCH, false);
    Runnable tunnel = enter("bob", EXEC, true);
    goDown();
    List<String> refusals = new ArrayList<>();

    refusals.add(refusal());
    outage.pulseAnswered();
    refusals.add(refusal());
    rates.apply(List.of(ofUsers, atATime));
    refusals.add(refusal());
    rates.apply(List.of(atATime));
    refusals.add(refusal());
    rates.apply(List.of());
    refusals.add(refusal());
    watch.run();
    refusals.add(refusal());

    assertThat(refusals)
        .containsExactly(
            "upstream-down",
            "rate-limit of-strangers",
            "rate-limit of-users",
            "in-flight-limit at-a-time",
            "watches-total",
            "tunnels-total");
    tunnel.run();
    enter("carol", WATCH, true).run();
  }

  @Test
  void letNobodyHoldAPlaceWhoWaitsForHisRate() throws RefusedException {
    rates.apply(List.of(Limiting.of("slow").tokens(1, "10s", 1, "60s"), atATime));
    Runnable first = enter("alice", EXEC, false);
    FakeAsked slow = asked("bob", WATCH, true);
    Passage passage = passage(slow);

    assertThat(passage.goOn(time.nanoTime())).isEqualTo(TimeUnit.SECONDS.toNanos(10));

    assertThat(used("watches-total")).isZero();
    assertThat(used("tunnels-total")).isZero();
    assertThat(atATimeNow()).isEqualTo(1);
    slow.waits++;
    time.advance(Duration.ofSeconds(10));
    assertThat(passage.goOn(time.nanoTime())).isZero();
    assertThat(used("watches-total")).isEqualTo(1);
    assertThat(used("tunnels-total")).isEqualTo(1);
    assertThat(atATimeNow()).isEqualTo(2);
    passage.giveBack();
    first.run();
    assertThat(atATimeNow()).isZero();
  }

  private void goDown() {
    for (int i = 0; i < 3; i++) {
      time.advance(Duration.ofSeconds(2));
      outage.pulseMissed();
    }
  }

  private String refusal() {
    RefusedException refusal =
        catchThrowableOfType(RefusedException.class, () -> enter("carol", WATCH, true));
    return (refusal.rule() + " " + Objects.requireNonNullElse(refusal.limit(), "")).trim();
  }

  /** Passes all of them; the result ends the request. */
  private Runnable enter(String user, String target, boolean upgrade) throws RefusedException {
    FakeAsked asked = asked(user, target, upgrade);
    Passage before = gates.strangers().passage(asked);
    if (before != null) {
      assertThat(before.goOn(time.nanoTime())).isZero();
    }
    Passage after = passage(asked);
    try {
      assertThat(after.goOn(time.nanoTime())).isZero();
    } catch (RefusedException refusal) {
      asked.refused = true;
      if (before != null) {
        before.giveBack();
      }
      throw refusal;
    }
    return after::giveBack;
  }

  private Passage passage(FakeAsked asked) {
    return Objects.requireNonNull(gates.users().passage(asked));
  }

  private FakeAsked asked(String user, String target, boolean upgrade) throws RefusedException {
    RequestTarget parsed = RequestTarget.parse(target);
    FakeAsked asked =
        new FakeAsked(
            new RequestDigest(
                RequestInfoParser.parse("GET", parsed), UserInfo.of(user), parsed.query()));
    asked.upgrade = upgrade;
    asked.waitsUntil = time.nanoTime() + TimeUnit.SECONDS.toNanos(15);
    return asked;
  }

  private long used(String rule) {
    return gates.bounds().stream()
        .filter(bound -> bound.rule().equals(rule))
        .mapToLong(bound -> Objects.requireNonNull(bound.used()).getAsLong())
        .sum();
  }

  private int atATimeNow() {
    return (int)
        Math.round(
            2
                * rates.read().stream()
                    .filter(limit -> limit.name().equals("at-a-time"))
                    .mapToDouble(limit -> limit.fullest())
                    .sum());
  }
}
