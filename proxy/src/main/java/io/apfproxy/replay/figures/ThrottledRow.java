package io.apfproxy.replay.figures;

/**
 * Who is throttled.
 *
 * @param waited requests that had to wait, at least
 * @param refused requests refused for good, at least
 * @param error how many more both together may be
 */
public record ThrottledRow(String key, long waited, long refused, long error) {
  long throttled() {
    return waited + refused;
  }
}
