package io.apfproxy.server.walk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.apfproxy.request.RefusedException;
import io.apfproxy.server.listen.Bound;
import io.apfproxy.server.listen.RequestLimits;
import io.apfproxy.time.ManualTime;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A storm of watches is spread where it queues up, and a user's share is bounded. */
@Tag("S58")
class WatchGateTest {
  private final ManualTime time = new ManualTime();

  private WatchGate gate(int total, int ofUser, int startsPerSecond) {
    return new WatchGate(new RequestLimits(total, ofUser, startsPerSecond, 0, 0, 0), time);
  }

  private static void nothing() {}

  private static Bound bound(WatchGate gate, String rule) {
    return gate.bounds().stream().filter(b -> b.rule().equals(rule)).findFirst().orElseThrow();
  }

  private static RefusedException refusal(WatchGate gate, String user) {
    return catchThrowableOfType(
        RefusedException.class, () -> gate.enter(user, WatchGateTest::nothing));
  }

  /** As many watches wait for seats as bind the rate, and not one more; ends the last one's. */
  private static Runnable crowd(WatchGate gate) {
    for (int i = 1; i < RequestLimits.MANY_WAITING_WATCHES / 5 * 4; i++) {
      gate.await();
    }
    return gate.await();
  }

  @Test
  void letsAUserStartAnyNumberWhileFewWait() throws RefusedException {
    WatchGate gate = gate(100_000, 5_000, 50);
    for (int i = 0; i < 15_000; i++) {
      gate.enter("daemon", WatchGateTest::nothing);
    }
    crowd(gate);
    assertThat(refusal(gate, "daemon").rule()).isEqualTo("watch-starts-of-user");
  }

  @Test
  void letsAUserStartABurstAndThenSoManyASecondWhileManyWait() throws RefusedException {
    WatchGate gate = gate(0, 0, 50);
    crowd(gate);
    for (int i = 0; i < 500; i++) {
      gate.enter("alice", WatchGateTest::nothing).run();
    }
    RefusedException refusal = refusal(gate, "alice");
    assertThat(refusal.code()).isEqualTo(429);
    assertThat(refusal.rule()).isEqualTo("watch-starts-of-user");
    assertThat(refusal.retryAfterSeconds()).isEqualTo(1);
    gate.enter("bob", WatchGateTest::nothing);
    time.advance(Duration.ofMillis(20));
    gate.enter("alice", WatchGateTest::nothing);
    assertThat(refusal(gate, "alice")).isNotNull();
    assertThat(bound(gate, "watch-starts-of-user").overflows().getAsLong()).isEqualTo(2);
    assertThat(bound(gate, "watches-total").used().getAsLong()).isEqualTo(2);
  }

  @Test
  void startsThemFreelyAgainOnceFewWait() throws RefusedException {
    WatchGate gate = gate(0, 0, 1);
    Runnable last = crowd(gate);
    for (int i = 0; i < 10; i++) {
      gate.enter("alice", WatchGateTest::nothing);
    }
    assertThat(refusal(gate, "alice")).isNotNull();
    last.run();
    for (int i = 0; i < 100; i++) {
      gate.enter("alice", WatchGateTest::nothing);
    }
  }

  @Test
  void countsOpenWatchesInAllAndByUser() throws RefusedException {
    WatchGate gate = gate(6, 2, 0);
    Runnable first = gate.enter("alice", WatchGateTest::nothing);
    for (int i = 0; i < 4; i++) {
      gate.enter("alice", WatchGateTest::nothing);
    }
    assertThat(refusal(gate, "alice").rule()).isEqualTo("watches-of-user");
    gate.enter("bob", WatchGateTest::nothing);
    gate.enter("bob", WatchGateTest::nothing); // one of alice's has to go
    gate.enter("carol", WatchGateTest::nothing);
    gate.enter("carol", WatchGateTest::nothing);
    assertThat(refusal(gate, "dave").rule()).isEqualTo("watches-total");
    first.run();
    assertThat(refusal(gate, "dave").rule()).as("it had gone").isEqualTo("watches-total");
  }

  /** Ten thousand are remembered. */
  @Test
  @Tag("S61")
  void remembersLongNamesByADigest() {
    String name = "a".repeat(128 << 10);
    assertThat(WatchGate.key(name)).hasSize(64).isNotEqualTo(WatchGate.key(name + "b"));
    assertThat(WatchGate.key("system:serviceaccount:shop:checkout"))
        .isEqualTo("system:serviceaccount:shop:checkout");
  }

  @Test
  void chargesNoStartToWhoHasNoPlace() throws RefusedException {
    WatchGate gate = gate(0, 1, 1);
    crowd(gate);
    Runnable open = gate.enter("alice", WatchGateTest::nothing);
    for (int i = 0; i < 100; i++) {
      assertThat(refusal(gate, "alice").rule()).isEqualTo("watches-of-user");
    }
    open.run();
    for (int i = 0; i < 9; i++) {
      gate.enter("alice", WatchGateTest::nothing).run();
    }
    assertThat(refusal(gate, "alice").rule()).isEqualTo("watch-starts-of-user");
  }

  @Test
  void remembersOnlySoManyUsers() throws RefusedException {
    WatchGate gate = gate(0, 0, 1);
    for (int i = 0; i < RequestLimits.MOST_STARTING_USERS + 3; i++) {
      gate.enter("user" + i, WatchGateTest::nothing).run();
    }
    Bound remembered = bound(gate, "users-remembered");
    assertThat(remembered.used().getAsLong()).isEqualTo(RequestLimits.MOST_STARTING_USERS);
    assertThat(remembered.overflows().getAsLong()).isEqualTo(3);
  }
}
