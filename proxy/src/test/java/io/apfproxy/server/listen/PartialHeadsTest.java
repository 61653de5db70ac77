package io.apfproxy.server.listen;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.apfproxy.server.log.RefusalLog;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What it tells is bounded, and in the end complete. */
@Tag("I6")
class PartialHeadsTest {
  private final Logger logger = (Logger) LoggerFactory.getLogger(RefusalLog.class);
  private final ListAppender<ILoggingEvent> written = new ListAppender<>();
  private final AtomicLong now = new AtomicLong();
  private final PartialHeads heads = new PartialHeads(1_000, now::get);

  @BeforeEach
  void listen() {
    logger.setLevel(Level.INFO);
    logger.setAdditive(false);
    logger.addAppender(written);
    written.start();
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(written);
    logger.setAdditive(true);
    logger.setLevel(null);
  }

  @Test
  void sumsUpWhatItDidNotTellOneByOne() {
    for (int i = 0; i < 100; i++) {
      heads.overflowed("192.0.2.1");
      heads.late(32, "192.0.2.1");
    }
    assertThat(written.list).hasSize(20);
    now.addAndGet(TimeUnit.SECONDS.toNanos(1));
    heads.sumUp();
    heads.sumUp();
    assertThat(written.list.subList(20, written.list.size()))
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactlyInAnyOrder(
            "not accepted partial-head-bytes: 90 more", "not accepted head-timeout: 90 more");
  }
}
