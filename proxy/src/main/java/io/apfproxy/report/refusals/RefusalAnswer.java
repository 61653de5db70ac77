package io.apfproxy.report.refusals;

import java.util.List;

/**
 * What the book says.
 *
 * @param capacity refusals that it has room for
 * @param remembered refusals that are in it
 * @param total refusals since the start
 * @param since when the oldest of them was, in milliseconds since 1970; 0 if there is none
 * @param rows those asked for, the last one first
 */
public record RefusalAnswer(
    int capacity, int remembered, long total, long since, List<Refused> rows) {
  public RefusalAnswer {
    rows = List.copyOf(rows);
  }
}
