package io.apfproxy.time;

/** Where the time comes from; tests move their own. Thread-safe. */
public interface TimeSource {
  /**
   * Monotonic time in nanoseconds, as {@link System#nanoTime()}: only differences mean anything.
   */
  long nanoTime();

  /** Wall clock in milliseconds since 1970, for certificates, logs, dumps and Retry-After only. */
  long epochMillis();

  /** The machine's clocks. */
  static TimeSource system() {
    return SystemTime.INSTANCE;
  }
}
