package io.apfproxy.app;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;

/**
 * The queue before a log that may be slow: nobody waits for it. Messages are cut, what does not fit
 * is dropped and counted. Thread-safe. Source: specification security.md S97.
 */
public final class BoundedLog extends AsyncAppender {
  /*
   * The library drops too, but does not say how much. Two threads that take the last place at the same
   * moment may leave one line uncounted. Lines are cut here and not by the pattern, as it is in the
   * queue that long ones take memory.
   */
  static final int MOST_CHARS = 8 << 10;

  private static final String CUT = "... (cut)";
  @Override
  protected void append(ILoggingEvent event) {
    if (getNumberOfElementsInQueue() >= getQueueSize()) {
      DroppedLines.count();
    } else {
      super.append(cut(event));
    }
  }

  private static ILoggingEvent cut(ILoggingEvent event) {
    String message = event.getFormattedMessage();
    if (message == null || message.length() <= MOST_CHARS) {
      return event;
    }
    LoggingEvent shorter = new LoggingEvent();
    shorter.setMessage(message.substring(0, MOST_CHARS - CUT.length()) + CUT);
    shorter.setLevel(event.getLevel());
    shorter.setLoggerName(event.getLoggerName());
    shorter.setThreadName(event.getThreadName());
    shorter.setInstant(event.getInstant());
    shorter.setMDCPropertyMap(event.getMDCPropertyMap());
    if (event.getThrowableProxy() instanceof ThrowableProxy thrown) {
      shorter.setThrowableProxy(thrown);
    }
    return shorter;
  }
}
