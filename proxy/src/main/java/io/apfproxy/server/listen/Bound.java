package io.apfproxy.server.listen;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Something that clients can fill, and that has a limit, for those who watch it. Thread-safe.
 *
 * @param rule fixed name of the rule that holds it down, as in refusals and log
 * @param used how much of it is taken, by the one who has most if it is a share; null if it is a
 *     rate
 * @param limit 0 if there is none
 * @param overflows how often somebody had to be kept out
 */
public record Bound(String rule, @Nullable LongSupplier used, long limit, LongSupplier overflows) {
  /** The same of a listener apart, whose name stands before the rule then. */
  public Bound of(String listener) {
    return new Bound(listener + "-" + rule, used, limit, overflows);
  }
}
