package io.apfproxy.attack;

import io.vertx.core.internal.VertxBootstrap;
import io.vertx.core.spi.VertxServiceProvider;
import java.util.concurrent.TimeUnit;

/**
 * Found by the proxy's runtime as a service: it warns of every callback that holds an event loop
 * for more than 50 ms (I7), where it would warn of 2 s.
 */
public final class TightLoops implements VertxServiceProvider {
  static final int LIMIT_MILLIS = 50;

  @Override
  public void init(VertxBootstrap bootstrap) {
    bootstrap
        .options()
        .setMaxEventLoopExecuteTimeUnit(TimeUnit.MILLISECONDS)
        .setMaxEventLoopExecuteTime(LIMIT_MILLIS)
        .setBlockedThreadCheckIntervalUnit(TimeUnit.MILLISECONDS)
        .setBlockedThreadCheckInterval(LIMIT_MILLIS / 2);
  }
}
