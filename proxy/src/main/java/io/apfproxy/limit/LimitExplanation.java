package io.apfproxy.limit;

import io.apfproxy.classify.MatchExplanation;
import io.apfproxy.config.Enforcement;
import io.apfproxy.config.RateLimit;
import io.apfproxy.request.GoDuration;
import io.apfproxy.request.LongRunning;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.request.UserInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Whether a limit concerns a request, and what it counts of it, in words. Source: specification
 * limits.md L-34.
 *
 * @param concerns as far as that can be told without its agent and address
 */
public record LimitExplanation(boolean concerns, String text) {
  private static final Map<String, String> PERIODS =
      Map.of("1s", "a second", "1m0s", "a minute", "1h0m0s", "an hour", "24h0m0s", "a day");

  /**
   * @param enforcement what holds for the limit
   * @param width how many seats wide a request is
   * @param left units that its key has now; empty if that is not known
   */
  public static LimitExplanation of(
      RateLimit limit,
      Enforcement enforcement,
      RequestDigest digest,
      ToIntFunction<RequestDigest> width,
      OptionalLong left) {
    RateLimit.Spec spec = limit.spec();
    String obstacle = obstacle(spec, digest);
    if (!obstacle.isEmpty()) {
      return new LimitExplanation(false, limit.metadata().name() + ": " + obstacle);
    }
    return new LimitExplanation(
        true,
        limit.metadata().name()
            + ": "
            + key(spec.key(), digest)
            + ", "
            + amount(spec, digest, width)
            + (left.isPresent() ? "; " + left.getAsLong() + " left" : "")
            + conditions(spec)
            + shadow(enforcement, digest.user()));
  }

  private static String shadow(Enforcement enforcement, UserInfo user) {
    if (enforcement.equals(Enforcement.ENFORCE)) {
      return "";
    }
    String who =
        enforcement.equals(Enforcement.SHADOW) ? "" : " for this user, as it holds " + enforcement;
    return enforcement.holds(user.name())
        ? "; it holds this user, as one of " + enforcement
        : "; in shadow" + who + ", it only counts";
  }

  private static String obstacle(RateLimit.Spec spec, RequestDigest digest) {
    UserInfo user = digest.user();
    String rules = MatchExplanation.obstacle(LimitSet.rules(spec), digest.info(), user);
    if (!rules.isEmpty()) {
      return rules;
    }
    Conditions conditions = new Conditions(spec);
    if (!conditions.haveLength(digest.info())) {
      return LongRunning.isLongRunning(digest.info())
          ? "it is not for long-running requests"
          : "it is for long-running requests";
    }
    if (conditions.except(user)) {
      return "it excepts this user";
    }
    RateLimit.Key key = spec.key();
    return key != null
            && key.by().contains(RateLimit.GROUP)
            && LimitKey.group(user, key.groupPrefix()) == null
        ? "no group of this user begins with " + key.groupPrefix()
        : "";
  }

  private static String key(RateLimit.@Nullable Key key, RequestDigest digest) {
    if (key == null || key.by().isEmpty()) {
      return LimitKey.ALL_TOGETHER;
    }
    List<String> parts = new ArrayList<>();
    for (String part : key.by()) {
      parts.add(
          switch (part) {
            case RateLimit.USER_AGENT -> "its user agent";
            case RateLimit.SOURCE_ADDRESS -> "its address";
            default -> LimitKey.text(part, key.groupPrefix(), digest);
          });
    }
    return String.join(LimitKey.AND, parts);
  }

  private static String amount(
      RateLimit.Spec spec, RequestDigest digest, ToIntFunction<RequestDigest> width) {
    String units =
        switch (spec.unit()) {
          case RateLimit.SEATS -> seats(width.applyAsInt(digest)) + " of ";
          case RateLimit.BYTES -> "its bytes of ";
          default -> "1 of ";
        };
    RateLimit.TokenBucket tokens = spec.tokenBucket();
    RateLimit.LeakyBucket leak = spec.leakyBucket();
    RateLimit.InFlight inFlight = spec.inFlight();
    if (tokens != null) {
      return units
          + tokens.rate()
          + " "
          + period(tokens.periodNanos())
          + " and "
          + tokens.burst()
          + " at once"
          + (tokens.maxWaitNanos() == 0
              ? ""
              : ", waiting " + GoDuration.text(tokens.maxWaitNanos()) + " at most");
    }
    if (leak != null) {
      return units
          + leak.rate()
          + " "
          + period(leak.periodNanos())
          + ", one by one, while "
          + leak.capacity()
          + " wait at most";
    }
    return units + (inFlight == null ? "?" : inFlight.max()) + " at a time";
  }

  private static String seats(int number) {
    return number + (number == 1 ? " seat" : " seats");
  }

  private static String period(long nanos) {
    String text = GoDuration.text(nanos);
    return Optional.ofNullable(PERIODS.get(text)).orElse("every " + text);
  }

  private static String conditions(RateLimit.Spec spec) {
    List<String> conditions = new ArrayList<>();
    if (!spec.userAgents().isEmpty()) {
      conditions.add("its agent begins with " + String.join(" or ", spec.userAgents()));
    }
    if (!spec.sourceAddresses().isEmpty()) {
      conditions.add("it comes from " + String.join(" or ", spec.sourceAddresses()));
    }
    return conditions.isEmpty() ? "" : "; if " + String.join(" and ", conditions);
  }
}
