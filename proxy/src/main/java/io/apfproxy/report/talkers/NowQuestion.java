package io.apfproxy.report.talkers;

import io.apfproxy.report.ShownText;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of the requests that are there at this moment. Source: specification seeing.md
 * V-12.
 *
 * @param by one of {@link #KNOWN}
 * @param waiting whether those with most requests that wait come first, in place of those with most
 *     seats
 * @param limit rows, 1 to 1000
 */
public record NowQuestion(Dimension by, boolean waiting, int limit) {
  /** In the place of a {@link Window}. */
  public static final String WINDOW = "now";

  /** What flow control knows of its requests. */
  private static final List<Dimension> KNOWN =
      List.of(Dimension.USER, Dimension.NAMESPACE, Dimension.WHAT, Dimension.FLOW);

  private static final String SEATS = "seats";
  private static final String WAITING = "waiting";

  /**
   * Reads it; what is null was not said.
   *
   * @throws IllegalArgumentException if a value is unknown; its message names those that are known
   */
  public static NowQuestion of(@Nullable String by, @Nullable String sort, @Nullable String limit) {
    Dimension dimension =
        by == null ? Dimension.USER : Dimension.of(by).filter(KNOWN::contains).orElse(null);
    if (dimension == null) {
      throw new IllegalArgumentException(
          found("by", String.valueOf(by))
              + KNOWN.stream().map(Dimension::label).collect(Collectors.joining(", ")));
    }
    if (sort != null && !sort.equals(SEATS) && !sort.equals(WAITING)) {
      throw new IllegalArgumentException(found("sort", sort) + SEATS + ", " + WAITING);
    }
    return new NowQuestion(dimension, WAITING.equals(sort), TopQuestion.number(limit));
  }

  private static String found(String name, String value) {
    return name
        + ": found \""
        + ShownText.of(value)
        + "\", expected with window "
        + WINDOW
        + " one of ";
  }

  /** As users write it. */
  public String sort() {
    return waiting ? WAITING : SEATS;
  }
}
