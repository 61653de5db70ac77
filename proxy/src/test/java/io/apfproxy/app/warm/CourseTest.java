package io.apfproxy.app.warm;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How long a warm-up goes on. */
class CourseTest {
  private static final long MANY = 5_000;

  private final Course course = new Course(Duration.ofSeconds(3), 0, 700);
  private long now;
  private long compiled = 700;

  /** Looks once more, after compilers were busy for so many of 250 ms. */
  private boolean isOver(long busyMillis, long requests) {
    now += Course.STEP.toNanos();
    compiled += busyMillis;
    return course.isOver(now, compiled, requests);
  }

  private int looksUntilOver(long busyMillis, long requests) {
    int looks = 1;
    while (!isOver(busyMillis, requests)) {
      looks++;
    }
    return looks;
  }

  @Test
  void takesAllOfItsTimeWhileCompilersAreBusy() {
    assertThat(looksUntilOver(250, MANY)).isEqualTo(12);
  }

  @Test
  void endsEarlyOnceCompilersAreIdle() {
    assertThat(looksUntilOver(20, MANY)).isEqualTo(3);
  }

  @Test
  void doesNotTakeCompilersThatHadNothingToDoYetForIdle() {
    assertThat(looksUntilOver(0, 100)).isEqualTo(12);
  }

  @Test
  void goesOnIfCompilersWereIdleForAMomentOnly() {
    assertThat(isOver(0, MANY)).isFalse();
    assertThat(isOver(0, MANY)).isFalse();
    assertThat(isOver(100, MANY)).isFalse();
    assertThat(isOver(0, MANY)).isFalse();
    assertThat(isOver(0, MANY)).isFalse();
    assertThat(isOver(0, MANY)).isTrue();
  }
}
