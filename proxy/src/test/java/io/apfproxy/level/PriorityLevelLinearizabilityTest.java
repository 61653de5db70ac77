package io.apfproxy.level;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.locks.ReentrantLock;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Whatever threads do to a level at once, they could have done one after the other with the same
 * answers; every request is told its fate once, and never under the lock. In a JVM of its own:
 * Lincheck rewrites the classes that are loaded.
 */
@Tag("lincheck")
class PriorityLevelLinearizabilityTest {
  /*
   * What matters is how many scenarios there are, not how often each is run: a level without its lock is found out by the 13th to
   * 20th of them, be they run 15 times or 100 times.
   */
  private static final int SCENARIOS = 24;

  /** A level as it is. */
  public static class Locked extends LevelOperations {
    public Locked() {
      super(new ReentrantLock(), false);
    }
  }

  /** A level that has saved something. */
  public static class Saving extends LevelOperations {
    public Saving() {
      super(new ReentrantLock(), true);
    }
  }

  /** A level whose lock does not lock. */
  public static class Unlocked extends LevelOperations {
    public Unlocked() {
      super(new Nothing(), false);
    }
  }

  private static final class Nothing extends ReentrantLock {
    @Override
    public void lock() {}

    @Override
    public void unlock() {}
  }

  @Test
  void everyAnswerIsThatOfSomeOrder() {
    threads(SCENARIOS).check(Locked.class);
  }

  /** Limits.md L-62. */
  @Test
  void everyAnswerIsThatOfSomeOrderWithCredit() {
    threads(SCENARIOS).check(Saving.class);
  }

  /** Or else the tests above would show nothing. */
  @Test
  void isSeenToFailWithoutTheLock() {
    assertThatThrownBy(() -> threads(200).minimizeFailedScenario(false).check(Unlocked.class))
        .isInstanceOf(LincheckAssertionError.class);
  }

  private static StressOptions threads(int scenarios) {
    return new StressOptions()
        .threads(2)
        .actorsPerThread(3)
        .actorsBefore(2)
        .actorsAfter(1)
        .iterations(scenarios)
        .invocationsPerIteration(25);
  }
}
