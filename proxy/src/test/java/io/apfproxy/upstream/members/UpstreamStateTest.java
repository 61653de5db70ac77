package io.apfproxy.upstream.members;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("L-90")
class UpstreamStateTest {
  private static final long MILLI = Duration.ofMillis(1).toNanos();

  private final UpstreamState state = new UpstreamState();
  private long now = Long.MAX_VALUE - 1_000 * MILLI; // a clock may begin anywhere

  private boolean missedAfter(long millis) {
    now += millis * MILLI;
    return state.missed(now);
  }

  @Test
  void isDownAfterThreePulsesWithoutAnswerAndTwoSecondsOfQuiet() {
    assertThat(missedAfter(0)).isFalse();
    assertThat(missedAfter(500)).isFalse();
    assertThat(missedAfter(500)).as("three, within a second").isFalse();
    assertThat(missedAfter(999)).isFalse();
    assertThat(missedAfter(1)).isTrue();
    assertThat(state.isDown()).isTrue();
    assertThat(missedAfter(500)).as("told once").isFalse();
  }

  @Test
  void isNotDownForTwoPulses() {
    missedAfter(0);
    assertThat(missedAfter(60_000)).isFalse();
    assertThat(missedAfter(1)).isTrue();
  }

  @Test
  void isUpWithTheFirstPulseThatIsAnswered() {
    for (int i = 0; i < 5; i++) {
      missedAfter(1_000);
    }
    assertThat(state.answered()).isTrue();
    assertThat(state.isDown()).isFalse();
    assertThat(state.isClosed()).isFalse();
    assertThat(state.quietNanos(now)).isZero();
    assertThat(state.answered()).as("it was not down").isFalse();
    missedAfter(0);
    missedAfter(0);
    assertThat(missedAfter(0)).as("counted anew").isFalse();
  }

  /** A kube-apiserver listens before it knows anybody's rights. */
  @Test
  void isBackWhenItSaysThatItIsReadyAsItDidBefore() {
    state.answeredWhetherReady(true, now);
    for (int i = 0; i < 5; i++) {
      missedAfter(1_000);
    }
    assertThat(state.answeredWhetherReady(false, now)).isFalse();
    assertThat(state.answered()).as("alive, as it says to everybody").isFalse();
    now += UpstreamState.STARTING_NANOS - 1;
    assertThat(state.answeredWhetherReady(false, now)).isFalse();
    assertThat(state.isDown()).isTrue();

    assertThat(state.answeredWhetherReady(true, now)).isTrue();
    assertThat(state.isDown()).isFalse();
  }

  @Test
  void isBackWhenItHasAnsweredOtherwiseThanBeforeForLongEnough() {
    state.answeredWhetherReady(true, now);
    state.foundNobody(now);
    state.answeredWhetherReady(false, now);
    assertThat(state.isClosed()).isTrue();
    now += UpstreamState.STARTING_NANOS;

    state.answeredWhetherReady(false, now);

    assertThat(state.isClosed()).isFalse();
    state.foundNobody(now);
    state.answeredWhetherReady(false, now);
    assertThat(state.isClosed()).as("it has become its way").isFalse();
  }

  @Test
  void isBackForAnyAnswerWhereItNeverSaysThatItIsReady() {
    state.answeredWhetherReady(false, now);
    state.foundNobody(now);
    state.answered();
    assertThat(state.isClosed()).isFalse();
  }

  @Test
  void isNotClosedByAnAnswerThatIsNotAsWellAsBefore() {
    state.answeredWhetherReady(true, now);
    missedAfter(0);

    state.answeredWhetherReady(false, now);

    assertThat(state.isDoubted()).isFalse();
    assertThat(state.isClosed()).isFalse();
  }

  @Test
  void isNotDownWhileHeadsCome() {
    for (int i = 0; i < 100; i++) {
      assertThat(missedAfter(500)).isFalse();
      now += 500 * MILLI;
      state.head(now);
    }
    missedAfter(1_999);
    assertThat(state.isDown()).isFalse();
    assertThat(missedAfter(1)).isTrue();
  }

  @Test
  void isNotDownWhileTheWayOfRequestsWasJustFoundOpen() {
    missedAfter(0);
    for (int i = 0; i < 100; i++) {
      state.way(true, now);
      assertThat(missedAfter(2_000)).isFalse();
    }
    state.way(false, now);
    assertThat(missedAfter(500)).isTrue();
  }

  @Test
  void doesNotBelieveForLongThatAWayIsOpen() {
    missedAfter(0);
    missedAfter(1_000);
    state.way(true, now);
    assertThat(missedAfter(3_999)).isFalse();
    assertThat(missedAfter(1)).isTrue();
  }

  @Test
  void isClosedFromTheFirstExchangeThatFoundNobodyUntilSomethingIsHeard() {
    state.way(true, now);
    state.foundNobody(now);
    assertThat(state.isClosed()).isTrue();
    assertThat(state.isDown()).isFalse();

    assertThat(state.head(now)).isTrue();
    assertThat(state.isClosed()).isFalse();
    assertThat(state.head(now)).isFalse();

    state.foundNobody(now);
    state.answered();
    assertThat(state.isClosed()).isFalse();
  }

  @Test
  void takesTheWordOfAnExchangeThatFoundNobodyForTheWay() {
    state.way(true, now);
    state.foundNobody(now);
    missedAfter(0);
    missedAfter(1_000);
    assertThat(missedAfter(1_000)).isTrue();
  }

  @Test
  void doesNotComeUpForAHead() {
    for (int i = 0; i < 5; i++) {
      missedAfter(1_000);
    }
    assertThat(state.head(now)).isFalse();
    assertThat(state.isDown()).isTrue();
  }

  @Test
  void tellsSinceWhenNothingWasHeard() {
    missedAfter(0);
    now += 700 * MILLI;
    assertThat(state.quietNanos(now)).isEqualTo(700 * MILLI);
    state.head(now);
    assertThat(state.quietNanos(now)).isZero();
    now += 300 * MILLI;
    assertThat(state.quietNanos(now)).isEqualTo(300 * MILLI);
  }

  /** The same rules, by looking at everything that ever happened. */
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void isWhatItsRulesSayAfterAnything(long seed) {
    Random random = new Random(seed);
    int missed = 0;
    boolean down = false;
    boolean deserted = false;
    boolean doubt = false;
    boolean usuallyReady = false;
    long oddSince = -1;
    long heardOdd = 0;
    boolean wayOpen = false;
    long wayAt = 0;
    long heard = 0;
    int downs = 0;
    for (int i = 0; i < 100_000; i++) {
      now += random.nextInt(1_500) * MILLI;
      int event = random.nextInt(20);
      if (event < 12) {
        if (!doubt) {
          heard = now;
        }
        doubt = true;
        missed++;
        boolean way = wayOpen && now - wayAt < UpstreamState.WAY_NANOS;
        boolean becomes = !down && missed >= 3 && now - heard >= UpstreamState.QUIET_NANOS && !way;
        down |= becomes;
        downs += becomes ? 1 : 0;
        assertThat(state.missed(now)).isEqualTo(becomes);
      } else if (event < 14) {
        heard = down ? heard : now;
        assertThat(state.head(now)).isEqualTo(deserted && !down);
        deserted &= down;
      } else if (event < 15) {
        heard = doubt ? heard : now;
        doubt = true;
        deserted = true;
        wayOpen = false;
        state.foundNobody(now);
      } else if (event < 17) {
        wayOpen = random.nextBoolean();
        wayAt = now;
        state.way(wayOpen, now);
      } else if (event < 18) {
        boolean ready = random.nextInt(3) > 0;
        boolean odd = !ready && usuallyReady && (down || deserted);
        oddSince = odd && oddSince < 0 ? i : oddSince;
        heardOdd = odd && oddSince == i ? now : heardOdd;
        boolean accepted = !odd || now - heardOdd >= UpstreamState.STARTING_NANOS;
        assertThat(state.answeredWhetherReady(ready, now)).isEqualTo(accepted && down);
        if (accepted) {
          usuallyReady = ready;
          oddSince = -1;
          missed = 0;
          down = false;
          deserted = false;
          doubt = false;
        }
      } else if (event < 19) {
        boolean accepted = !(usuallyReady && (down || deserted));
        assertThat(state.answered()).isEqualTo(accepted && down);
        if (accepted) {
          oddSince = -1;
          missed = 0;
          down = false;
          deserted = false;
          doubt = false;
        }
      }
      assertThat(state.isDown()).isEqualTo(down);
      assertThat(state.isClosed()).isEqualTo(down || deserted);
      assertThat(state.isDoubted()).isEqualTo(doubt);
      assertThat(state.quietNanos(now)).isEqualTo(doubt ? now - heard : 0);
    }
    assertThat(downs).isGreaterThan(100);
  }
}
