package io.apfproxy.server.walk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.apfproxy.gate.FakeAsked;
import io.apfproxy.gate.GateChain;
import io.apfproxy.gate.Passage;
import io.apfproxy.request.RefusedException;
import io.apfproxy.server.listen.Bound;
import io.apfproxy.server.listen.RequestLimits;
import io.apfproxy.time.ManualTime;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A storm of watches is spread where it queues up, and a user's share is bounded. */
@Tag("S58")
class WatchStartsTest {
  private final ManualTime time = new ManualTime();

  /** The gates of watches, as {@link Gates} lays them out. */
  private final class Watches {
    private final WatchTurns turns =
        new WatchTurns(new WaitingBytes(RequestLimits.NONE).ofUsers(), time);
    private final PlacesPerUser places;
    private final WatchStarts starts;
    private final GateChain gates;

    Watches(RequestLimits limits) {
      places =
          new PlacesPerUser(
              "watches", limits.watches(), limits.watchesOfUser(), asked -> asked.info().isWatch());
      starts = new WatchStarts(limits, turns::waitingForSeats, time);
      gates = new GateChain(List.of(places, starts));
    }

    /** Begins a watch; the result ends it. */
    Runnable enter(String user) throws RefusedException {
      return pass(gates, user);
    }

    /** One waits for its seats until the result is run. */
    Runnable await() throws RefusedException {
      return pass(new GateChain(List.of(turns.queued())), "alice");
    }

    private Runnable pass(GateChain chain, String user) throws RefusedException {
      Passage passage = chain.passage(new FakeAsked(user));
      assertThat(passage).isNotNull();
      assertThat(passage.goOn(time.nanoTime())).isZero();
      return passage::giveBack;
    }

    Bound bound(String rule) {
      return Stream.of(places.bounds(), starts.bounds())
          .flatMap(List::stream)
          .filter(b -> b.rule().equals(rule))
          .findFirst()
          .orElseThrow();
    }
  }

  private Watches gate(int total, int ofUser, int startsPerSecond) {
    return new Watches(new RequestLimits(total, ofUser, startsPerSecond, 0, 0, 0));
  }

  private static RefusedException refusal(Watches gate, String user) {
    return catchThrowableOfType(RefusedException.class, () -> gate.enter(user));
  }

  /** As many watches wait for seats as bind the rate, and not one more; ends the last one's. */
  private static Runnable crowd(Watches gate) throws RefusedException {
    for (int i = 1; i < RequestLimits.MANY_WAITING_WATCHES / 5 * 4; i++) {
      gate.await();
    }
    return gate.await();
  }

  @Test
  void letsAUserStartAnyNumberWhileFewWait() throws RefusedException {
    Watches gate = gate(100_000, 5_000, 50);
    for (int i = 0; i < 15_000; i++) {
      gate.enter("daemon");
    }
    crowd(gate);
    assertThat(refusal(gate, "daemon").rule()).isEqualTo("watch-starts-of-user");
  }

  @Test
  void letsAUserStartABurstAndThenSoManyASecondWhileManyWait() throws RefusedException {
    Watches gate = gate(0, 0, 50);
    crowd(gate);
    for (int i = 0; i < 500; i++) {
      gate.enter("alice").run();
    }
    RefusedException refusal = refusal(gate, "alice");
    assertThat(refusal.code()).isEqualTo(429);
    assertThat(refusal.rule()).isEqualTo("watch-starts-of-user");
    assertThat(refusal.retryAfterSeconds()).isEqualTo(1);
    gate.enter("bob");
    time.advance(Duration.ofMillis(20));
    gate.enter("alice");
    assertThat(refusal(gate, "alice")).isNotNull();
    assertThat(gate.bound("watch-starts-of-user").overflows().getAsLong()).isEqualTo(2);
    assertThat(gate.bound("watches-total").used().getAsLong()).isEqualTo(2);
  }

  @Test
  void startsThemFreelyAgainOnceFewWait() throws RefusedException {
    Watches gate = gate(0, 0, 1);
    Runnable last = crowd(gate);
    for (int i = 0; i < 10; i++) {
      gate.enter("alice");
    }
    assertThat(refusal(gate, "alice")).isNotNull();
    last.run();
    for (int i = 0; i < 100; i++) {
      gate.enter("alice");
    }
  }

  @Test
  void countsOpenWatchesInAllAndByUser() throws RefusedException {
    Watches gate = gate(6, 2, 0);
    Runnable first = gate.enter("alice");
    for (int i = 0; i < 4; i++) {
      gate.enter("alice");
    }
    assertThat(refusal(gate, "alice").rule()).isEqualTo("watches-of-user");
    gate.enter("bob");
    gate.enter("bob"); // one of alice's has to go
    gate.enter("carol");
    gate.enter("carol");
    assertThat(refusal(gate, "dave").rule()).isEqualTo("watches-total");
    first.run();
    assertThat(refusal(gate, "dave").rule()).as("it had gone").isEqualTo("watches-total");
  }

  @Test
  void chargesNoStartToWhoHasNoPlace() throws RefusedException {
    Watches gate = gate(0, 1, 1);
    crowd(gate);
    Runnable open = gate.enter("alice");
    for (int i = 0; i < 100; i++) {
      assertThat(refusal(gate, "alice").rule()).isEqualTo("watches-of-user");
    }
    open.run();
    for (int i = 0; i < 9; i++) {
      gate.enter("alice").run();
    }
    assertThat(refusal(gate, "alice").rule()).isEqualTo("watch-starts-of-user");
  }

  @Test
  @Tag("S61")
  void remembersOnlySoManyUsers() throws RefusedException {
    Watches gate = gate(0, 0, 1);
    int users = 10 * RequestLimits.MOST_STARTING_USERS;
    for (int i = 0; i < users; i++) {
      gate.enter("user" + i).run();
    }
    Bound remembered = gate.bound("users-remembered");
    assertThat(remembered.used().getAsLong())
        .isBetween((long) RequestLimits.MOST_STARTING_USERS, remembered.limit());
    assertThat(remembered.overflows().getAsLong()).isPositive();
  }
}
