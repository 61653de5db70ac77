package io.apfproxy.server.listen;

import io.apfproxy.time.TimeSource;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says that clients' sockets could not be read, once a minute at most: what clients send may decide
 * how often that happens. Belongs to one event loop.
 */
final class ReadingFailures {
  private static final Logger LOG = LoggerFactory.getLogger(ReadingFailures.class);
  private static final long BETWEEN_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final TimeSource time;
  private long saidAt;
  private long unsaid;

  ReadingFailures(TimeSource time) {
    this.time = time;
    this.saidAt = time.nanoTime() - BETWEEN_NANOS;
  }

  /** One more. */
  void add(RuntimeException cause) {
    long now = time.nanoTime();
    if (now - saidAt < BETWEEN_NANOS) {
      unsaid++;
      return;
    }
    LOG.warn(
        "a client's socket could not be read: {}; {} more since this was said last",
        cause.toString(),
        unsaid);
    saidAt = now;
    unsaid = 0;
  }
}
