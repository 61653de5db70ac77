package io.apfproxy.config;

import static io.apfproxy.config.RateLimit.IN_FLIGHT;
import static io.apfproxy.config.RateLimit.LEAKY_BUCKET;
import static io.apfproxy.config.RateLimit.TOKEN_BUCKET;

import io.apfproxy.config.RateLimit.InFlight;
import io.apfproxy.config.RateLimit.LeakyBucket;
import io.apfproxy.config.RateLimit.TokenBucket;
import io.apfproxy.request.GoDuration;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a rate limit may say of how much it allows. Source: specification limits.md L-11, L-12; the
 * bounds are those within which L-18's arithmetic cannot overflow (L-19).
 */
final class RateAmounts {
  private static final long MOST_UNITS = 1_000_000_000_000L;
  private static final int MOST_WAITING = 1_000_000;
  private static final int MOST_IN_FLIGHT = 1_000_000;
  private static final long LEAST_BURST_OF_BYTES = 65_536;
  private static final Duration LONGEST_PERIOD_OF_BYTES = Duration.ofMinutes(1);
  private static final Duration LEAST_PERIOD = Duration.ofMillis(1);
  private static final Duration LONGEST_PERIOD = Duration.ofHours(24);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);
  private static final double DAY_MILLIS = 86_400_000.0;
  private static final long MILLI = 1_000_000;
  private static final int LONGEST_DURATION = 32;
  private static final Pattern DURATION = Pattern.compile("([0-9]+(\\.[0-9]+)?(ns|us|ms|s|m|h))+");

  private final RateLimit.Spec spec;
  private final FieldErrors errors;

  RateAmounts(RateLimit.Spec spec, FieldErrors errors) {
    this.spec = spec;
    this.errors = errors;
  }

  void validate() {
    switch (spec.type()) {
      case TOKEN_BUCKET, LEAKY_BUCKET, IN_FLIGHT -> {
        requireWithType(spec.tokenBucket(), TOKEN_BUCKET, "spec.tokenBucket");
        requireWithType(spec.leakyBucket(), LEAKY_BUCKET, "spec.leakyBucket");
        requireWithType(spec.inFlight(), IN_FLIGHT, "spec.inFlight");
      }
      case "" -> errors.required("spec.type", "must be set");
      default ->
          errors.notSupported("spec.type", spec.type(), "TokenBucket, LeakyBucket, InFlight");
    }
    TokenBucket tokens = spec.tokenBucket();
    if (tokens != null) {
      validate(tokens);
    }
    LeakyBucket leak = spec.leakyBucket();
    if (leak != null) {
      validate(leak);
    }
    InFlight inFlight = spec.inFlight();
    if (inFlight != null) {
      requireFromTo(inFlight.max(), 1, MOST_IN_FLIGHT, "spec.inFlight.max");
    }
    if (spec.unit().equals(RateLimit.BYTES)
        && (tokens == null || !spec.type().equals(TOKEN_BUCKET) || !countsBytes(tokens))) {
      errors.invalid(
          "spec.unit",
          spec.unit(),
          "bytes need a token bucket with a burst of 65536 or more and a period of at most 1m");
    }
  }

  private void requireWithType(@Nullable Object member, String type, String field) {
    String detail = "must be set if and only if type is " + type;
    boolean wanted = spec.type().equals(type);
    if (wanted && member == null) {
      errors.required(field, detail);
    } else if (!wanted && member != null) {
      errors.forbidden(field, detail);
    }
  }

  private void validate(TokenBucket bucket) {
    String field = "spec.tokenBucket";
    requireFromTo(bucket.rate(), 1, MOST_UNITS, field + ".rate");
    requireFromTo(bucket.burst(), 1, MOST_UNITS, field + ".burst");
    requireDuration(bucket.maxWait(), Duration.ZERO, LONGEST_WAIT, "0s to 60s", field + ".maxWait");
    if (requirePeriod(bucket.period(), field + ".period")
        && !fillsInADay(bucket.burst(), bucket.rate(), bucket.period())) {
      errors.invalid(
          field + ".burst",
          bucket.burst(),
          "a full bucket must take at most a day to fill: lower burst or raise rate");
    }
  }

  private void validate(LeakyBucket bucket) {
    String field = "spec.leakyBucket";
    requireFromTo(bucket.rate(), 1, MOST_UNITS, field + ".rate");
    requireFromTo(bucket.capacity(), 0, MOST_WAITING, field + ".capacity");
    if (requirePeriod(bucket.period(), field + ".period")
        && !fillsInADay(bucket.capacity(), bucket.rate(), bucket.period())) {
      errors.invalid(
          field + ".capacity",
          bucket.capacity(),
          "a full bucket must take at most a day to empty: lower capacity or raise rate");
    }
  }

  private void requireFromTo(long value, long least, long most, String field) {
    if (value < least || value > most) {
      errors.invalid(field, value, "must be from " + least + " to " + most);
    }
  }

  private boolean requirePeriod(String period, String field) {
    return requireDuration(period, LEAST_PERIOD, LONGEST_PERIOD, "1ms to 24h", field);
  }

  private boolean requireDuration(
      String text, Duration least, Duration most, String range, String field) {
    OptionalLong nanos = nanos(text);
    boolean within =
        nanos.isPresent()
            && nanos.getAsLong() >= least.toNanos()
            && nanos.getAsLong() <= most.toNanos();
    if (!within) {
      errors.invalid(field, text, "must be a duration from " + range + ", such as 1s or 1m30s");
    }
    return within;
  }

  private static OptionalLong nanos(String text) {
    return text.length() <= LONGEST_DURATION && DURATION.matcher(text).matches()
        ? GoDuration.parse(text)
        : OptionalLong.empty();
  }

  /** To the last bit as the rule of the CRD: whole milliseconds, and in floating point. */
  private static boolean fillsInADay(long units, long rate, String period) {
    long millis = nanos(period).orElseThrow() / MILLI;
    return (double) units * (double) millis <= (double) rate * DAY_MILLIS;
  }

  private static boolean countsBytes(TokenBucket bucket) {
    OptionalLong period = nanos(bucket.period());
    return bucket.burst() >= LEAST_BURST_OF_BYTES
        && (period.isEmpty() || period.getAsLong() <= LONGEST_PERIOD_OF_BYTES.toNanos());
  }
}
