package io.apfproxy.upstream.wire;

import io.vertx.core.dns.AddressResolverOptions;
import java.util.concurrent.TimeUnit;

/** How the upstream's name becomes an address. Source: specification security.md S88. */
public final class UpstreamNames {
  /*
   * Looked up for each new connection, on no thread of ours. Connections that stand ask nobody, so a
   * name server that is gone hurts nothing that works. What a server says of how long its answer is
   * good is heeded within these bounds: an address that has moved is followed at once, whatever was
   * promised before, and a name server is asked no more than once a second.
   */
  private static final int LEAST_SECONDS = 1;
  private static final int MOST_SECONDS = 5;
  private static final int QUERY_MILLIS = 2_000;

  private UpstreamNames() {}

  public static AddressResolverOptions resolution() {
    return new AddressResolverOptions()
        .setCacheMinTimeToLive(LEAST_SECONDS)
        .setCacheMaxTimeToLive(MOST_SECONDS)
        .setQueryTimeout(QUERY_MILLIS)
        .setHostsRefreshPeriod(MOST_SECONDS)
        .setHostsRefreshPeriodUnit(TimeUnit.SECONDS);
  }
}
