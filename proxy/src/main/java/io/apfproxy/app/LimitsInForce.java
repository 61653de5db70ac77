package io.apfproxy.app;

import io.apfproxy.config.RateLimit;
import io.apfproxy.limit.RateLimits;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Holds requests to the rate limits that are configured. Belongs to the reconfiguration thread. */
final class LimitsInForce {
  private static final Logger LOG = LoggerFactory.getLogger(LimitsInForce.class);

  private final RateLimits limits;
  private Set<String> told = Set.of();

  LimitsInForce(RateLimits limits) {
    this.limits = limits;
  }

  /** Says of each limit that is not enforced so far, once, that it is not. */
  void apply(Map<String, RateLimit> configured) {
    limits.apply(configured.values());
    Set<String> idle =
        configured.values().stream()
            .filter(limit -> !RateLimits.enforces(limit))
            .map(limit -> limit.metadata().name())
            .collect(Collectors.toUnmodifiableSet());
    idle.stream()
        .filter(name -> !told.contains(name))
        .forEach(
            name ->
                LOG.warn(
                    "RateLimit {} is not enforced: this proxy does not count bytes yet", name));
    told = idle;
  }
}
