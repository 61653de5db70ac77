package io.apfproxy.app;

import io.vertx.core.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows whether requests find their way to the upstream: over the connections, the TLS and the
 * event loops that they use, which are not those of {@link UpstreamGate} and {@link UpstreamWatch}.
 * Thread-safe.
 */
final class UpstreamPath {
  private static final Logger LOG = LoggerFactory.getLogger(UpstreamPath.class);
  private static final Duration LONGEST = Duration.ofSeconds(15);

  private final Supplier<Future<Void>> probe;
  private volatile boolean open;
  private boolean told;

  /**
   * @param probe fails if a request would
   */
  UpstreamPath(Supplier<Future<Void>> probe) {
    this.probe = probe;
  }

  /** Whether a request would have found its way when last tried; false before. */
  boolean isOpen() {
    return open;
  }

  /** Tries. Blocks for some seconds at most. */
  synchronized void ask() {
    try {
      Waiting.on(probe.get(), LONGEST);
      if (told) {
        LOG.info("requests find their way to the upstream again");
      }
      told = false;
      open = true;
    } catch (IOException closed) {
      if (!told) {
        LOG.warn(
            "not ready: requests do not find their way to the upstream: {}", closed.getMessage());
        told = true;
      }
      open = false;
    }
  }
}
