package io.apfproxy.config;

import io.apfproxy.config.FlowSchema.Rule;
import io.apfproxy.config.FlowSchema.Subject;
import io.apfproxy.request.GoDuration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How much, how often or how many at a time some may ask, beside their priority level. Immutable;
 * {@code v1} fields with their defaults, unset lists are empty. Source: specification limits.md
 * L-11.
 *
 * @param conditionTypes types of the conditions in its status, in order; validated only
 */
public record RateLimit(ObjectMeta metadata, Spec spec, List<String> conditionTypes)
    implements ConfigObject {
  public static final String AFTER_AUTHENTICATION = "AfterAuthentication";
  public static final String BEFORE_AUTHENTICATION = "BeforeAuthentication";
  public static final String INCLUDE = "Include";
  public static final String EXCLUDE = "Exclude";
  public static final String ONLY = "Only";
  public static final String USER = "User";
  public static final String GROUP = "Group";
  public static final String NAMESPACE = "Namespace";
  public static final String USER_AGENT = "UserAgent";
  public static final String SOURCE_ADDRESS = "SourceAddress";
  public static final String REQUESTS = "Requests";
  public static final String SEATS = "Seats";
  public static final String BYTES = "Bytes";
  public static final String TOKEN_BUCKET = "TokenBucket";
  public static final String LEAKY_BUCKET = "LeakyBucket";
  public static final String IN_FLIGHT = "InFlight";
  public static final String PROXY = "Proxy";
  public static final String FLEET = "Fleet";

  /** Keys of a limit that does not say how many. */
  public static final int USUAL_KEYS = 10_000;

  /** Keys of all limits together. */
  public static final int MOST_KEYS = 500_000;

  public RateLimit {
    Objects.requireNonNull(metadata);
    Objects.requireNonNull(spec);
    conditionTypes = List.copyOf(conditionTypes);
  }

  @Override
  public Kind<RateLimit> kind() {
    return Kind.RATE_LIMIT;
  }

  /** Whom it holds to its decisions is said beside the spec, as of priority levels. */
  @Override
  public Object effect() {
    String enforcement = metadata.annotations().get(Enforcement.ANNOTATION);
    return enforcement == null ? spec : List.of(spec, enforcement);
  }

  /** Keys that it remembers at most; 0 where all requests share one bucket. */
  int keys() {
    Key key = spec.key();
    return key == null || key.by().isEmpty() ? 0 : key.max();
  }

  /**
   * @param stage {@link #AFTER_AUTHENTICATION} or {@link #BEFORE_AUTHENTICATION}
   * @param rules whose requests, and which; as a FlowSchema's, but before authentication without
   *     subjects
   * @param exceptSubjects whom it does not concern, though a rule matches
   * @param userAgents what the User-Agent begins with; empty for any
   * @param sourceAddresses networks, such as {@code 10.0.0.0/8}; empty for any
   * @param longRunning {@link #INCLUDE}, {@link #EXCLUDE} or {@link #ONLY}
   * @param key null if all requests share one bucket
   * @param unit {@link #REQUESTS}, {@link #SEATS} or {@link #BYTES}
   * @param type {@link #TOKEN_BUCKET}, {@link #LEAKY_BUCKET} or {@link #IN_FLIGHT}: which of the
   *     next three is set in a valid object
   * @param scope {@link #PROXY} or {@link #FLEET}
   */
  public record Spec(
      String stage,
      List<Rule> rules,
      List<Subject> exceptSubjects,
      List<String> userAgents,
      List<String> sourceAddresses,
      String longRunning,
      @Nullable Key key,
      String unit,
      String type,
      @Nullable TokenBucket tokenBucket,
      @Nullable LeakyBucket leakyBucket,
      @Nullable InFlight inFlight,
      String scope) {
    public Spec {
      rules = List.copyOf(rules);
      exceptSubjects = List.copyOf(exceptSubjects);
      userAgents = List.copyOf(userAgents);
      sourceAddresses = List.copyOf(sourceAddresses);
    }
  }

  /**
   * What has a bucket of its own.
   *
   * @param by 3 at most of {@link #USER}, {@link #GROUP}, {@link #NAMESPACE}, {@link #USER_AGENT},
   *     {@link #SOURCE_ADDRESS}
   * @param groupPrefix set exactly with {@link #GROUP} in a valid object, else empty
   * @param max keys remembered, 1 to 100,000
   */
  public record Key(List<String> by, String groupPrefix, int max) {
    public Key {
      by = List.copyOf(by);
    }
  }

  /**
   * So many units a period, so many at once; beyond them a request waits for its units.
   *
   * @param rate 1 to 10¹²
   * @param period as Go writes durations, 1ms to 24h
   * @param burst 1 to 10¹²
   * @param maxWait as Go writes durations, 0s to 60s
   */
  public record TokenBucket(long rate, String period, long burst, String maxWait) {
    /** Of a valid object. */
    public long periodNanos() {
      return nanos(period);
    }

    /** Of a valid object. */
    public long maxWaitNanos() {
      return nanos(maxWait);
    }
  }

  /**
   * Constant outflow, one at a time.
   *
   * @param rate 1 to 10¹²
   * @param period as Go writes durations, 1ms to 24h
   * @param capacity requests that may wait, 0 to 1,000,000; what flows over is refused
   */
  public record LeakyBucket(long rate, String period, long capacity) {
    /** Of a valid object. */
    public long periodNanos() {
      return nanos(period);
    }
  }

  /**
   * @param max so many at the same time, 1 to 1,000,000
   */
  public record InFlight(int max) {}

  private static long nanos(String duration) {
    return GoDuration.parse(duration).orElseThrow();
  }
}
