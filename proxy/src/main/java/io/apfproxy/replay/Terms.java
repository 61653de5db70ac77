package io.apfproxy.replay;

import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.request.RequestTimeout;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a server in virtual time is.
 *
 * @param seats of all levels together
 * @param retries how often a refused request comes again, each time after its Retry-After
 * @param capacity seats that the server serves at full speed; with more, each request takes longer
 *     in proportion; 0 for as many as there are
 * @param startMillis what the wall clock says at the start
 * @param objects number and size of objects by {@code resource} or {@code resource.group}
 */
public record Terms(
    FlowControlConfiguration configuration,
    int seats,
    RequestTimeout timeout,
    int retries,
    int capacity,
    long startMillis,
    SortedMap<String, Stored> objects) {
  public Terms {
    objects = Collections.unmodifiableSortedMap(new TreeMap<>(objects));
  }

  /**
   * Objects of one resource.
   *
   * @param size bytes of one, mean
   */
  public record Stored(long count, long size) {}

  /** Without capacity and objects. */
  public static Terms of(
      FlowControlConfiguration configuration, int seats, RequestTimeout timeout) {
    return new Terms(configuration, seats, timeout, 0, 0, 0, new TreeMap<>(Map.of()));
  }
}
