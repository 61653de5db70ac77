package io.apfproxy.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.apfproxy.time.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("L-94")
class RampedBudgetTest {
  private static final Duration STEP = Duration.ofSeconds(1);

  private final ManualTime time = new ManualTime();
  private final List<Integer> told = new ArrayList<>();

  private RampedBudget budget(int most) {
    RampedBudget budget = new RampedBudget(Budget.leastOf(most), most, time);
    budget.onChange(told::add);
    return budget;
  }

  @Test
  void neverMovesAsLongAsNobodyCameBack() {
    RampedBudget budget = budget(600);

    time.advance(Duration.ofHours(1));

    assertThat(budget.seats()).isEqualTo(600);
    assertThat(told).isEmpty();
  }

  @Test
  void beginsWithATwentiethAndDoublesEachSecond() {
    RampedBudget budget = budget(600);

    budget.begin();
    time.advance(STEP.multipliedBy(5));

    assertThat(told).containsExactly(30, 60, 120, 240, 480, 600);
    time.advance(Duration.ofHours(1));
    assertThat(told).hasSize(6);
    assertThat(budget.seats()).isEqualTo(600);
  }

  @Test
  void beginsAnewWhenTheServerComesBackInTheMiddle() {
    RampedBudget budget = budget(600);
    budget.begin();
    time.advance(STEP.multipliedBy(2).plusMillis(500));

    budget.begin();
    time.advance(STEP.multipliedBy(5));

    assertThat(told)
        .as("one doubling a second, none of the first ramp's")
        .containsExactly(30, 60, 120, 30, 60, 120, 240, 480, 600);
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 2", "3, 3", "59, 3", "80, 4", "600, 30", "2147483647, 107374182"})
  void hasALeastThatIsNeverMoreThanAll(int most, int least) {
    RampedBudget budget = budget(most);

    budget.begin();
    time.advance(Duration.ofMinutes(1));

    assertThat(budget.least()).isEqualTo(least);
    assertThat(told).startsWith(least).endsWith(most).isSorted();
  }

  @Test
  void refusesNoSeatsAtAll() {
    assertThatIllegalArgumentException().isThrownBy(() -> budget(0));
  }
}
