package io.apfproxy.queueset;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Steps that must all be taken, whatever one of them throws: that is thrown after the last. */
public final class Failures {
  private Failures() {}

  /**
   * Takes a step with each. What the first throws is thrown at the end, an error before all else.
   */
  public static <T> void afterAll(Iterable<T> all, Consumer<? super T> step) {
    Throwable failure = null;
    for (T each : all) {
      try {
        step.accept(each);
      } catch (RuntimeException | Error e) {
        failure = worst(failure, e);
      }
    }
    rethrow(failure);
  }

  /** The first, but an error before all else. */
  static Throwable worst(@Nullable Throwable known, Throwable next) {
    if (known == null || known == next) { // the JVM throws some of its errors again and again
      return next;
    }
    boolean isWorse = next instanceof Error && !(known instanceof Error);
    Throwable worst = isWorse ? next : known;
    worst.addSuppressed(isWorse ? known : next);
    return worst;
  }

  /**
   * @param failure unchecked; null if all went well
   */
  static void rethrow(@Nullable Throwable failure) {
    if (failure instanceof Error error) {
      throw error;
    } else if (failure != null) {
      throw (RuntimeException) failure;
    }
  }
}
