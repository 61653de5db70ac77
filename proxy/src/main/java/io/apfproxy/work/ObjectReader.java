package io.apfproxy.work;

/** Where the work estimator looks up object statistics. Thread-safe. */
@FunctionalInterface
public interface ObjectReader {
  /**
   * @param resourceKey as {@link ObjectStatistics#key} makes it
   */
  ObjectReading read(String resourceKey);
}
