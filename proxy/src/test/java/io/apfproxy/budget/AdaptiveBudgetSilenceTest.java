package io.apfproxy.budget;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is made of pulses that do not come, and of a time in which nobody looked. */
@Tag("L-42")
@Tag("L-43")
class AdaptiveBudgetSilenceTest extends AdaptiveBudgetFixture {
  private void untilADip() {
    busy(60);
    while (budget.count(SeatChange.DIP) == 0) {
      pass(SECOND, 1);
    }
    assertThat(budget.seats()).isEqualTo(25);
  }

  /** Pulses find nobody while requests are answered over the connections that they have. */
  @Test
  @Tag("L-46")
  void endsADipWhoseEndNobodySees() {
    untilADip();
    passWithoutPulses(Duration.ofSeconds(9));
    assertThat(budget.seats()).as("an answer may still come").isEqualTo(25);
    passWithoutPulses(Duration.ofSeconds(2));

    assertThat(budget.seats()).isEqualTo(100);
    assertThat(budget.reading().load()).isEqualTo(UpstreamLoad.UNKNOWN);
    pass(Duration.ofSeconds(5), 1);
    assertThat(budget.count(SeatChange.DIP)).as("the next one in its time").isOne();
    pass(Duration.ofSeconds(20), 1);
    assertThat(budget.count(SeatChange.DIP)).isEqualTo(2);
  }

  /** A proxy that stands still again and again never settles. */
  @Test
  @Tag("L-46")
  @Tag("S93")
  void endsADipDuringWhichItStandsStillAgainAndAgain() {
    untilADip();
    for (int second = 0; second < 11; second++) {
      budget.ownDelay();
      pass(SECOND, 1);
    }

    assertThat(budget.seats()).isEqualTo(100);
    assertThat(budget.reading().load()).isEqualTo(UpstreamLoad.UNKNOWN);
  }

  /** What was idle before nobody looked need not be it now. */
  @Test
  @Tag("L-62")
  void bearsNoMoreWhenNothingIsHeard() {
    busy(60);
    pass(SECOND.multipliedBy(4), 1);
    assertThat(budget.bearsMore()).isTrue();
    int seats = budget.seats();

    passWithoutPulses(Duration.ofSeconds(11));

    assertThat(budget.bearsMore()).isFalse();
    assertThat(budget.seats()).as("nothing says that they are too many").isEqualTo(seats);
    pass(SECOND.multipliedBy(2), 1);
    assertThat(budget.bearsMore()).isTrue();
  }

  /** A second is judged by what came in it, not by what came before nobody was heard. */
  @Test
  void forgetsWhatItHeardBeforeTheSilence() {
    busy(60);
    pass(SECOND.multipliedBy(4), 1);
    pass(PULSES_APART.multipliedBy(4), 500);
    passWithoutPulses(Duration.ofSeconds(11));
    pass(SECOND.multipliedBy(2), 1);

    assertThat(budget.reading().load()).isEqualTo(UpstreamLoad.IDLE);
    assertThat(budget.count(SeatChange.CUT)).isZero();
  }

  /** L-47: what lasts is what was seen to last. */
  @Test
  @Tag("L-47")
  void takesNoDelayForALongerWayThatNobodySawLast() {
    busy(10);
    pass(SECOND.multipliedBy(2), 1);
    busy(5); // so few that the seats are the least at once
    pass(SECOND.multipliedBy(3), 60);
    assertThat(budget.seats()).isEqualTo(10);

    passWithoutPulses(Duration.ofSeconds(20));
    pass(SECOND.multipliedBy(3), 60);

    assertThat(budget.count(SeatChange.REBASE)).isZero();
    pass(SECOND.multipliedBy(12), 60);
    assertThat(budget.count(SeatChange.REBASE)).isOne();
  }
}
