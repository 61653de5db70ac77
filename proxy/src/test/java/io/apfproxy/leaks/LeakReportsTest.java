package io.apfproxy.leaks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.util.ResourceLeakDetector;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("I4")
class LeakReportsTest {
  private final LeakReports reports = new LeakReports();
  private final ResourceLeakDetector<Object> detector =
      reports.detectors().newResourceLeakDetector(Object.class);

  @Test
  void findsWhatNobodyGaveBack() {
    lose();

    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              System.gc();
              giveBack();
              return !reports.leaks().isEmpty();
            });
  }

  @Test
  void findsNothingWhereAllWasGivenBack() {
    for (int i = 0; i < 100; i++) {
      giveBack();
    }
    System.gc();
    giveBack();

    assertThat(reports.leaks()).isEmpty();
  }

  private void lose() {
    assertThat(detector.trackForcibly(new Object())).isNotNull();
  }

  private void giveBack() {
    Object resource = new Object();
    var tracker = detector.trackForcibly(resource);
    assertThat(tracker.close(resource)).isTrue();
  }
}
