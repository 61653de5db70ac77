package io.apfproxy.report.talkers;

import io.apfproxy.report.ShownText;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of talkers. Source: specification seeing.md V-14, V-19.
 *
 * @param limit rows, 1 to 1000
 */
public record TopQuestion(Dimension by, Window window, Measure sort, int limit) {
  /** Rows that are told at most. */
  public static final int MOST = 1000;

  /** Rows that are told if nobody says how many. */
  public static final int USUAL = 20;

  public TopQuestion {
    if (limit < 1 || limit > MOST) {
      throw new IllegalArgumentException(
          "limit: found " + limit + ", expected a whole number from 1 to " + MOST);
    }
  }

  /**
   * Reads it; what is null was not said.
   *
   * @throws IllegalArgumentException if a value is unknown; its message names those that are known
   */
  public static TopQuestion of(
      @Nullable String by, @Nullable String window, @Nullable String sort, @Nullable String limit) {
    return new TopQuestion(
        one("by", by, Dimension.USER, Dimension.values(), Dimension::label, Dimension::of, ""),
        one(
            "window",
            window,
            Window.MINUTE,
            Window.values(),
            Window::label,
            Window::of,
            ", " + NowQuestion.WINDOW),
        one("sort", sort, Measure.SEAT_SECONDS, Measure.values(), Measure::label, Measure::of, ""),
        number(limit));
  }

  private static <T> T one(
      String name,
      @Nullable String found,
      T usual,
      T[] known,
      Function<T, String> label,
      Function<String, Optional<T>> reading,
      String more) {
    if (found == null) {
      return usual;
    }
    return reading
        .apply(found)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    name
                        + ": found \""
                        + ShownText.of(found)
                        + "\", expected one of "
                        + Arrays.stream(known).map(label).collect(Collectors.joining(", "))
                        + more));
  }

  static int number(@Nullable String text) {
    if (text == null) {
      return USUAL;
    }
    if (!text.matches("[0-9]{1,9}")) {
      throw new IllegalArgumentException(
          "limit: found \"" + ShownText.of(text) + "\", expected a whole number from 1 to " + MOST);
    }
    return Integer.parseInt(text);
  }
}
