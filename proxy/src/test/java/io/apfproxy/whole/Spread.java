package io.apfproxy.whole;

import java.util.Collection;
import java.util.List;
import java.util.Locale;

/** The same figure of several rounds. */
public record Spread(double median, double least, double most) {
  /**
   * @param values at least one; of an even number the mean of the middle two is the median
   */
  public static Spread of(Collection<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    double median =
        sorted.size() % 2 == 1
            ? sorted.get(middle)
            : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    return new Spread(median, sorted.get(0), sorted.get(sorted.size() - 1));
  }

  /**
   * The median, in brackets least and most.
   *
   * @param unit by which they are divided
   * @param digits behind the point
   */
  public String text(double unit, int digits) {
    String number = "%." + digits + "f";
    return String.format(
        Locale.ROOT,
        number + " (" + number + "…" + number + ")",
        median / unit,
        least / unit,
        most / unit);
  }
}
