package io.apfproxy.kube.write;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import java.time.Duration;
import java.time.ZonedDateTime;
import org.jspecify.annotations.Nullable;

/** Whether somebody else's Lease has expired, as one replica sees it. Not thread-safe. */
final class LeaseExpiry {
  /*
   * Clocks of different machines are never compared, nor are their instants believed: a Lease has expired when this replica has not
   * seen its holder renew it for as long as it lasts, by its own monotonic clock. What else is written into the Lease is no renewal,
   * and a duration beyond a minute is not believed.
   * Source: specification security.md S75; reference, client-go tools/leaderelection, which compares the record likewise.
   */
  private static final Duration MOST_BELIEVED = Duration.ofMinutes(1);

  private final Duration least;
  private @Nullable Renewal seen;
  private long seenAt;

  /** What a holder changes when it renews. */
  private record Renewal(
      @Nullable String holder,
      @Nullable ZonedDateTime acquiredAt,
      @Nullable ZonedDateTime renewedAt,
      @Nullable Integer transitions) {
    static Renewal of(Lease lease) {
      LeaseSpec spec = lease.getSpec();
      return spec == null
          ? new Renewal(null, null, null, null)
          : new Renewal(
              spec.getHolderIdentity(),
              spec.getAcquireTime(),
              spec.getRenewTime(),
              spec.getLeaseTransitions());
    }
  }

  /**
   * @param least how long a Lease lasts at least, and where it does not say
   */
  LeaseExpiry(Duration least) {
    this.least = least;
  }

  /**
   * Looks at the Lease as it is.
   *
   * @param now in nanoseconds, before it was asked for: what was answered may be as old as that
   */
  void sees(Lease lease, long now) {
    Renewal renewal = Renewal.of(lease);
    if (!renewal.equals(seen)) {
      seen = renewal;
      seenAt = now;
    }
  }

  /** Whether the Lease, which was seen at this time, was not renewed for as long as it lasts. */
  boolean isExpired(Lease lease, long now) {
    return now - seenAt >= lasts(lease).toNanos();
  }

  private Duration lasts(Lease lease) {
    LeaseSpec spec = lease.getSpec();
    Integer seconds = spec == null ? null : spec.getLeaseDurationSeconds();
    Duration told = seconds == null ? least : Duration.ofSeconds(seconds);
    Duration lasts = told.compareTo(least) < 0 ? least : told;
    return lasts.compareTo(MOST_BELIEVED) > 0 ? MOST_BELIEVED : lasts;
  }
}
