package io.apfproxy.server.listen;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.spi.ILoggingEvent;
import io.apfproxy.report.Reporter;
import io.apfproxy.server.log.HeardLog;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What it tells is bounded, and in the end complete. */
@Tag("I6")
class PartialHeadsTest {
  @RegisterExtension final HeardLog heard = new HeardLog();

  private final AtomicLong now = new AtomicLong();
  private final List<String> told = new ArrayList<>();
  private final Reporter reporter =
      new Reporter() {
        @Override
        public void notAccepted(String rule, String message, String address) {
          told.add(rule + " " + address);
        }
      };
  private final PartialHeads heads = new PartialHeads(1_000, reporter, now::get);

  @Test
  void sumsUpWhatItDidNotTellOneByOne() {
    for (int i = 0; i < 100; i++) {
      heads.overflowed("192.0.2.1");
      heads.late(32, "192.0.2.1");
    }
    assertThat(heard.events()).hasSize(20);
    assertThat(told)
        .hasSize(200)
        .startsWith("partial-head-bytes 192.0.2.1", "head-timeout 192.0.2.1");
    now.addAndGet(TimeUnit.SECONDS.toNanos(1));
    heads.sumUp();
    heads.sumUp();
    assertThat(heard.events().subList(20, heard.events().size()))
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactlyInAnyOrder(
            "not accepted partial-head-bytes: 90 more", "not accepted head-timeout: 90 more");
  }
}
