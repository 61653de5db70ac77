package io.apfproxy.leaks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.request.ClientAddress;
import io.netty.util.ResourceLeakDetector;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("I4")
class LeakReportsTest {
  private static final String IN_THE_PRODUCT = ClientAddress.class.getName() + ".of(ClientAddress)";

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

  @Test
  void knowsWhatTheProductHadInHands() {
    assertThat(LeakReports.isOurs(IN_THE_PRODUCT)).isTrue();
    assertThat(LeakReports.isOurs("io.apfproxy.leaks.LeakReportsTest.lose(LeakReportsTest)"))
        .isFalse();
    assertThat(LeakReports.isOurs("io.apfproxy.fixtures.raw.RawClient.send(RawClient)")).isFalse();
    assertThat(LeakReports.isOurs("io.netty.buffer.Unpooled.buffer(Unpooled)")).isFalse();
  }

  private void lose() {
    var tracker = detector.trackForcibly(new Object());
    tracker.record(IN_THE_PRODUCT);
  }

  private void giveBack() {
    Object resource = new Object();
    var tracker = detector.trackForcibly(resource);
    assertThat(tracker.close(resource)).isTrue();
  }
}
