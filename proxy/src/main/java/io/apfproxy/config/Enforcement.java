package io.apfproxy.config;

import io.apfproxy.request.EvenHash;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which users a priority level or rate limit holds to its decisions; requests of the others pass,
 * and it is told what would have become of them. Source: specification seeing.md V-30, V-31;
 * limits.md L-32.
 *
 * @param percent of the users, 0 to 100
 */
public record Enforcement(int percent) {
  /** On a rate limit, or a priority level of any source; kube-apiserver ignores it. */
  public static final String ANNOTATION = "apf-proxy.io/enforcement";

  public static final String EXPECTED = "enforce, shadow, or 1% to 99% of users";

  /** Everybody. */
  public static final Enforcement ENFORCE = new Enforcement(100);

  /** Nobody. */
  public static final Enforcement SHADOW = new Enforcement(0);

  private static final int ALL = 100;
  private static final Pattern PART = Pattern.compile("[1-9][0-9]?%");

  public Enforcement {
    if (percent < 0 || percent > ALL) {
      throw new IllegalArgumentException("percent is " + percent + ", must be in 0..100");
    }
  }

  /** Reads {@code enforce}, {@code shadow} or {@code 1%} to {@code 99%}; empty for all else. */
  public static Optional<Enforcement> parse(String text) {
    if (PART.matcher(text).matches()) {
      return Optional.of(new Enforcement(Integer.parseInt(text.substring(0, text.length() - 1))));
    }
    return switch (text) {
      case "enforce" -> Optional.of(ENFORCE);
      case "shadow" -> Optional.of(SHADOW);
      default -> Optional.empty();
    };
  }

  /**
   * What holds for a level: its annotation, if that is one of the values. Exempt levels decide
   * nothing but their cap, which is never lifted.
   *
   * @param byDefault for levels that do not say
   */
  public static Enforcement of(PriorityLevelConfiguration level, Enforcement byDefault) {
    if (level.isExempt()) {
      return ENFORCE;
    }
    String said = level.metadata().annotations().get(ANNOTATION);
    return said == null ? byDefault : parse(said).orElse(byDefault);
  }

  /**
   * What holds for a rate limit: its annotation, if that is one of the values. Before it is known
   * who asks nobody can be among a part of the users: there it is everybody or nobody.
   *
   * @param byDefault for limits that do not say
   */
  public static Enforcement of(RateLimit limit, Enforcement byDefault) {
    String said = limit.metadata().annotations().get(ANNOTATION);
    Enforcement found = said == null ? byDefault : parse(said).orElse(byDefault);
    return found.isPart() && asksStrangers(limit) ? SHADOW : found;
  }

  private static boolean asksStrangers(RateLimit limit) {
    return limit.spec().stage().equals(RateLimit.BEFORE_AUTHENTICATION);
  }

  private boolean isPart() {
    return percent > 0 && percent < ALL;
  }

  /** Why a level's annotation has no effect; null if it has one, or there is none. */
  public static @Nullable String finding(PriorityLevelConfiguration level) {
    String said = level.metadata().annotations().get(ANNOTATION);
    if (said != null && level.isExempt()) {
      return "annotation " + ANNOTATION + " has no effect: exempt requests are held to nothing";
    }
    return said == null ? null : finding(said);
  }

  /** The same of a rate limit, or why it has another effect than it says. */
  public static @Nullable String finding(RateLimit limit) {
    String said = limit.metadata().annotations().get(ANNOTATION);
    if (said == null) {
      return null;
    }
    return asksStrangers(limit) && parse(said).filter(Enforcement::isPart).isPresent()
        ? "annotation %s: %s holds nobody: who asks is not known before authentication"
            .formatted(ANNOTATION, said)
        : finding(said);
  }

  private static @Nullable String finding(String said) {
    return parse(said).isPresent()
        ? null
        : "annotation %s has no effect: found \"%s\", expected %s"
            .formatted(ANNOTATION, said, EXPECTED);
  }

  /** Whether requests of a user are held to the level's decisions. */
  public boolean holds(String user) {
    return percent == ALL || holds(percent, user);
  }

  /**
   * Whether a user is among so many percent of them: the same ones in every process, and with more
   * percent the same and others.
   *
   * @param percent of users, 0 to 100
   */
  public static boolean holds(int percent, String user) {
    return ((EvenHash.of(user) * ALL) >>> Integer.SIZE) < percent;
  }

  /** As it is written. */
  @Override
  public String toString() {
    return percent == 0 ? "shadow" : percent == ALL ? "enforce" : percent + "%";
  }
}
