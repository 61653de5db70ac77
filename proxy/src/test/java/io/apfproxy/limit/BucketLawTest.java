package io.apfproxy.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.config.RateLimit;
import io.apfproxy.limit.LimitedProxy.Fate;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The judge of the tests on the wire: sees one too many, and one too few. */
class BucketLawTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  @Test
  void seesOneTooMany() {
    BucketLaw law = new BucketLaw(2, 1);
    law.passed(0, 10);
    law.passed(SECOND / 2, SECOND / 2 + 10);
    law.passed(SECOND, SECOND + 10);
    assertThat(law.excess()).isLessThanOrEqualTo(0);
    law.passed(SECOND + 20, SECOND + 30);
    assertThat(law.excess()).isPositive();
  }

  @Test
  void believesNothingThatASlowAnswerExplains() {
    BucketLaw law = new BucketLaw(1, 1);
    law.passed(0, SECOND);
    law.passed(SECOND / 10, 2 * SECOND);
    assertThat(law.excess()).isLessThanOrEqualTo(0);
    law.refused(SECOND / 2, 3 * SECOND);
    assertThat(law.wrongs()).isZero();
  }

  @Test
  void seesOneThatWasRefusedThoughSomethingWasLeft() {
    BucketLaw law = new BucketLaw(2, 1);
    law.passed(0, 10);
    law.refused(20, 30);
    assertThat(law.wrongs()).isEqualTo(1);
    law.passed(40, 50);
    law.refused(60, 70);
    assertThat(law.wrongs()).isEqualTo(1);
    law.refused(SECOND + 100, SECOND + 110);
    assertThat(law.wrongs()).as("another one has come").isEqualTo(2);
  }

  /** What the limits themselves do is the law, looked at through inexact clocks too. */
  @Test
  void findsNothingWrongWithALimit() {
    Random random = new Random(11);
    RateLimit limit = Limiting.of("users").by("User").tokens(7, "1s", 5, "0s");
    LimitedProxy proxy = new LimitedProxy(limit);
    BucketLaw law = new BucketLaw(5, 7);
    for (int i = 0; i < 500; i++) {
      long asked = proxy.time.nanoTime();
      proxy.time.advance(Duration.ofNanos(random.nextInt(20_000_000)));
      Fate fate = proxy.ask(proxy.get("alice"));
      proxy.time.advance(Duration.ofNanos(random.nextInt(20_000_000)));
      if (fate.passes()) {
        law.passed(asked, proxy.time.nanoTime());
      } else {
        law.refused(asked, proxy.time.nanoTime());
      }
    }
    assertThat(law.refused()).isGreaterThan(100);
    assertThat(law.excess()).isLessThanOrEqualTo(0);
    assertThat(law.wrongs()).isZero();
  }
}
