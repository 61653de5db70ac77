package io.apfproxy.replay.figures;

import java.util.Arrays;

/**
 * How a level fared over time, in pieces of equal length. Not thread-safe; instants only grow.
 *
 * <p>It is told of every change of the seats in use and of the limit, and adds up both over time.
 */
final class Course {
  private final long start;
  private final long end;
  private final long piece;
  private final double[] seats;
  private final double[] limits;
  private final long[] refused;
  private final long[] waitP99;
  private final Waits ofPiece = new Waits();
  private int waitsAt;
  private long since;
  private int inUse;
  private int limit;
  private int peak;
  private int borrowed;
  private double seatSum;
  private double limitSum;

  /**
   * @param start in nanoseconds; what is before is not counted
   * @param end not before {@code start}
   * @param piece length of one, above 0
   */
  Course(long start, long end, long piece) {
    this.start = start;
    this.end = end;
    this.piece = piece;
    int pieces = (int) Math.max(1, (end - start + piece - 1) / piece);
    this.seats = new double[pieces];
    this.limits = new double[pieces];
    this.refused = new long[pieces];
    this.waitP99 = new long[pieces];
    this.since = start;
  }

  private void advance(long now) {
    long until = Math.min(now, end);
    while (since < until) {
      int at = at(since);
      long next = Math.min(until, start + (at + 1) * piece);
      double seconds = (next - since) / 1e9;
      seats[at] += inUse * seconds;
      limits[at] += limit * seconds;
      seatSum += inUse * seconds;
      limitSum += limit * seconds;
      since = next;
    }
  }

  private int at(long now) {
    return (int) Math.max(0, Math.min(seats.length - 1L, (now - start) / piece));
  }

  private boolean counts(long now) {
    return now >= start && now <= end;
  }

  void used(int change, long now) {
    advance(now);
    inUse += change;
    if (counts(now)) {
      peak = Math.max(peak, inUse);
    }
  }

  void limited(int nominal, int current, long now) {
    advance(now);
    limit = current;
    if (counts(now)) {
      peak = Math.max(peak, inUse);
      borrowed = Math.max(borrowed, current - nominal);
    }
  }

  void waited(long nanos, long now) {
    if (counts(now)) {
      closeTo(at(now));
      ofPiece.add(nanos);
    }
  }

  private void closeTo(int piece) {
    if (piece > waitsAt) {
      waitP99[waitsAt] = ofPiece.quantile(0.99);
      ofPiece.clear();
      waitsAt = piece;
    }
  }

  void refused(long now) {
    if (counts(now)) {
      refused[at(now)]++;
    }
  }

  int peak() {
    return peak;
  }

  int borrowed() {
    return borrowed;
  }

  double meanSeats() {
    return end == start ? 0 : seatSum / seconds(end - start);
  }

  double meanLimit() {
    return end == start ? 0 : limitSum / seconds(end - start);
  }

  private static double seconds(long nanos) {
    return nanos / 1e9;
  }

  /** To be called once, when nothing follows. */
  Series series() {
    advance(end);
    closeTo(seats.length);
    double[] lengths = new double[seats.length];
    for (int i = 0; i < lengths.length; i++) {
      lengths[i] = seconds(Math.min(end, start + (i + 1) * piece) - (start + i * piece));
    }
    return new Series(
        seconds(piece),
        divided(seats, lengths),
        divided(limits, lengths),
        divided(Arrays.stream(refused).asDoubleStream().toArray(), lengths),
        Arrays.stream(waitP99).mapToDouble(Course::seconds).toArray());
  }

  private static double[] divided(double[] sums, double[] lengths) {
    double[] means = new double[sums.length];
    for (int i = 0; i < means.length; i++) {
      means[i] = lengths[i] > 0 ? sums[i] / lengths[i] : 0;
    }
    return means;
  }
}
