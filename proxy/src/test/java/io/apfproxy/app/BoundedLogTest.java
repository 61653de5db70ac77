package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.AppenderBase;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("S97")
class BoundedLogTest {
  private static final int PLACES = 10;

  private final LoggerContext context = new LoggerContext();
  private final Sink sink = new Sink();
  private final BoundedLog log = new BoundedLog();
  private final Logger logger = context.getLogger("test");

  /** Takes its first line only when it is told to. */
  private static final class Sink extends AppenderBase<ILoggingEvent> {
    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch open = new CountDownLatch(1);
    private final Queue<String> lines = new ConcurrentLinkedQueue<>();

    @Override
    protected void append(ILoggingEvent event) {
      entered.countDown();
      try {
        open.await(20, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      lines.add(event.getFormattedMessage());
    }
  }

  BoundedLogTest() {
    context.setMDCAdapter(new LogbackMDCAdapter());
    sink.setContext(context);
    sink.start();
    log.setContext(context);
    log.setQueueSize(PLACES);
    log.setDiscardingThreshold(0);
    log.setNeverBlock(true);
    log.addAppender(sink);
    log.start();
    logger.setLevel(Level.INFO);
    logger.addAppender(log);
  }

  @AfterEach
  void stop() {
    sink.open.countDown();
    context.stop();
  }

  @Test
  void dropsAndCountsWhatASinkThatBlocksDoesNotTake() throws InterruptedException {
    long before = DroppedLines.sum();
    logger.info("first");
    assertThat(sink.entered.await(20, TimeUnit.SECONDS)).isTrue();

    for (int i = 0; i < PLACES + 7; i++) {
      logger.info("line {}", i); // returns, or this test ends by its time-out
    }

    assertThat(DroppedLines.sum() - before).isEqualTo(7);
    sink.open.countDown();
    log.stop();
    assertThat(sink.lines).hasSize(1 + PLACES).contains("first", "line 0").doesNotContain("line 16");
  }

  @Test
  void cutsLongMessages() {
    sink.open.countDown();

    logger.info("{}", "x".repeat(1 << 20));

    log.stop();
    assertThat(sink.lines).singleElement().asString().hasSize(8 << 10).endsWith("x... (cut)");
  }
}
