package io.apfproxy.server.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/** Hears what one log writes at INFO and above during a test, in the place of all others. */
public final class HeardLog implements BeforeEachCallback, AfterEachCallback {
  private final Logger logger;
  private final ListAppender<ILoggingEvent> written = new ListAppender<>();

  /** Of refusals. */
  public HeardLog() {
    this(RefusalLog.class.getName());
  }

  /** Of this name. */
  public HeardLog(String name) {
    this.logger = (Logger) LoggerFactory.getLogger(name);
  }

  @Override
  public void beforeEach(ExtensionContext test) {
    logger.setLevel(Level.INFO);
    logger.setAdditive(false);
    logger.addAppender(written);
    written.start();
  }

  @Override
  public void afterEach(ExtensionContext test) {
    logger.detachAppender(written);
    logger.setAdditive(true);
    logger.setLevel(null);
  }

  /** All so far, which grows. */
  public List<ILoggingEvent> events() {
    return written.list;
  }
}
