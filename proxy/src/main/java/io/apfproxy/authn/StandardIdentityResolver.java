package io.apfproxy.authn;

import io.apfproxy.time.TimeSource;
import io.vertx.core.Future;
import java.util.function.Supplier;

/** Finds out who asks by the configured means, and how the upstream is told. Thread-safe. */
public final class StandardIdentityResolver implements IdentityResolver {
  /**
   * @param trust read at each request
   * @param anonymous whether requests without credential are let through as anonymous
   */
  public StandardIdentityResolver(
      Supplier<ClientTrust> trust,
      UpstreamIdentityPolicy policy,
      TokenReviewer tokens,
      AccessReviewer access,
      boolean anonymous,
      TimeSource time) {}

  @Override
  public Future<Identity> resolve(RequestHead head) {
    throw new UnsupportedOperationException();
  }
}
