package io.apfproxy.kube.write;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import java.time.Duration;
import java.time.ZonedDateTime;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A Lease expires by the clock of who looks at it. */
@Tag("S75")
class LeaseExpiryTest {
  private static final ZonedDateTime SOME_DAY = ZonedDateTime.parse("2026-01-01T00:00:00Z");
  private static final long ORIGIN = Long.MAX_VALUE - 5; // the monotonic clock may run over

  private final LeaseExpiry expiry = new LeaseExpiry(Duration.ofSeconds(15));

  @ParameterizedTest(name = "{0} s are {1} s")
  @CsvSource({"15, 15", "40, 40", "1, 15", "-1, 15", ", 15", "60, 60", "61, 60", "2147483647, 60"})
  void lastsAsLongAsItSaysButNeitherShorterThanOursNorLongerThanAMinute(
      @Nullable Integer told, int lasts) {
    Lease lease = lease("a", SOME_DAY, told);
    long end = ORIGIN + Duration.ofSeconds(lasts).toNanos();
    expiry.sees(lease, ORIGIN);

    assertThat(expiry.isExpired(lease, end - 1)).isFalse();
    assertThat(expiry.isExpired(lease, end)).isTrue();
  }

  @Test
  void eachRenewalBeginsItAnewWhateverInstantItNames() {
    Lease renewed = lease("a", SOME_DAY.minusYears(9), 15);
    expiry.sees(lease("a", SOME_DAY, 15), 0);
    expiry.sees(renewed, Duration.ofSeconds(14).toNanos());

    assertThat(expiry.isExpired(renewed, Duration.ofSeconds(28).toNanos())).isFalse();
    assertThat(expiry.isExpired(renewed, Duration.ofSeconds(29).toNanos())).isTrue();
  }

  @Test
  void whatElseIsWrittenIsNoRenewal() {
    Lease touched =
        new LeaseBuilder(lease("a", SOME_DAY, 15))
            .editOrNewMetadata()
            .addToLabels("a", "b")
            .endMetadata()
            .build();
    expiry.sees(lease("a", SOME_DAY, 15), 0);
    expiry.sees(touched, Duration.ofSeconds(14).toNanos());

    assertThat(expiry.isExpired(touched, Duration.ofSeconds(15).toNanos())).isTrue();
  }

  private static Lease lease(String holder, ZonedDateTime renewed, @Nullable Integer seconds) {
    return new LeaseBuilder()
        .withNewSpec()
        .withHolderIdentity(holder)
        .withRenewTime(renewed)
        .withLeaseDurationSeconds(seconds)
        .endSpec()
        .build();
  }
}
