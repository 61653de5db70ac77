package io.apfproxy.time;

/** Takes back what was to happen later. Thread-safe. */
@FunctionalInterface
public interface Cancellation {
  /** Of what does not happen. */
  Cancellation NONE = () -> {};

  /** It happens no more, unless it has begun. Harmless when repeated. */
  void cancel();
}
