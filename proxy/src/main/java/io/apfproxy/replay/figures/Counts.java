package io.apfproxy.replay.figures;

/**
 * What became of requests. Times in nanoseconds, from when a request came first until it held its
 * seats; of refused ones nothing is known here but their number.
 *
 * @param requests that came, each once however often it came again
 * @param waited how many of them held their seats only later
 * @param queueFull refused for good because their queue was full; the next two for the other
 *     reasons
 * @param repeated how often a refused one came again
 * @param seatSeconds seats times how long they were held, after the response too
 */
public record Counts(
    long requests,
    long waited,
    long waitP50,
    long waitP99,
    long waitMax,
    long queueFull,
    long concurrencyLimit,
    long timeOut,
    long repeated,
    double seatSeconds) {
  /** Of nothing. */
  public static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  /** Refused for good, for whatever reason. */
  public long refused() {
    return queueFull + concurrencyLimit + timeOut;
  }

  /** Part of the requests that was refused for good, in percent. */
  public double refusedPercent() {
    return requests == 0 ? 0 : 100.0 * refused() / requests;
  }

  /** Part of the requests that had to wait, in percent. */
  public double waitedPercent() {
    return requests == 0 ? 0 : 100.0 * waited / requests;
  }
}
