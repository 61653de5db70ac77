package io.apfproxy.report.refusals;

import java.util.List;

/**
 * What was written down since another look into the book.
 *
 * @param next where the look after this one begins
 * @param gone what made room for later ones before anybody looked
 * @param rows the last one first
 */
public record RefusalNews(long next, long gone, List<Refused> rows) {
  public RefusalNews {
    rows = List.copyOf(rows);
  }
}
