package io.apfproxy.report.refusals;

import io.apfproxy.report.ShownText;
import org.jspecify.annotations.Nullable;

/**
 * Which refusals are asked for; what is null is any.
 *
 * @param auditId of the request
 * @param user as flow control sees it
 * @param rule fixed name of the rule that refused
 * @param level name of the priority level
 * @param limit how many, the last ones; 1 to 1000
 */
public record RefusalQuestion(
    @Nullable String auditId,
    @Nullable String user,
    @Nullable String rule,
    @Nullable String level,
    int limit) {
  /** Refusals that are told at most. */
  public static final int MOST = 1000;

  /** Refusals that are told if nobody says how many. */
  public static final int USUAL = 20;

  private static final String EXPECTED = ", expected a whole number from 1 to " + MOST;

  public RefusalQuestion {
    if (limit < 1 || limit > MOST) {
      throw new IllegalArgumentException("limit: found " + limit + EXPECTED);
    }
    user = user == null ? null : ShownText.of(user);
  }

  /**
   * Reads how many.
   *
   * @param text null if that was not said
   * @throws IllegalArgumentException if it is no number in range
   */
  public static int limit(@Nullable String text, int usual) {
    if (text == null) {
      return usual;
    }
    if (!text.matches("[0-9]{1,9}")) {
      throw new IllegalArgumentException("limit: found \"" + ShownText.of(text) + "\"" + EXPECTED);
    }
    return Integer.parseInt(text);
  }

  boolean concerns(Refused one) {
    return is(auditId, one.auditId())
        && is(user, one.who().user())
        && is(rule, one.rule())
        && is(level, one.place().priorityLevel());
  }

  private static boolean is(@Nullable String wanted, String found) {
    return wanted == null || wanted.equals(found);
  }
}
