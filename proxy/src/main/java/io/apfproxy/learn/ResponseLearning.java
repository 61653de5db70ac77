package io.apfproxy.learn;

import io.apfproxy.request.RequestDigest;
import io.apfproxy.time.TimeSource;
import io.apfproxy.work.ListCosts;
import io.apfproxy.work.ObjectStatistics;
import org.jspecify.annotations.Nullable;

/**
 * Hands out readers for responses that pass. Asked when a response head has arrived, for requests
 * that were admitted. Thread-safe; what it hands out is not.
 */
public final class ResponseLearning {
  private final Backlog backlog = new Backlog();
  private final ListLearning lists;

  /**
   * @param objects learns how many there are and how large
   * @param costs learns what each way to ask for a list costs; null if nobody wants to know
   */
  public ResponseLearning(ObjectStatistics objects, @Nullable ListCosts costs, TimeSource time) {
    this.lists = new ListLearning(objects, costs, backlog, time);
  }

  /**
   * A reader of the body to come, for a response worth learning from.
   *
   * @param contentType value of the header, empty if absent
   * @param contentEncoding value of the header, empty if absent
   * @return null for nearly all responses; else it must be shown the body, and be ended or closed
   */
  public @Nullable ListMeter meterList(
      RequestDigest digest, int status, String contentType, String contentEncoding) {
    return lists.meter(digest, status, contentType, contentEncoding);
  }

  /**
   * A detector of the moment when a watch's seats go back.
   *
   * @param digest of a watch
   * @param contentType value of the header, empty if absent
   * @param contentEncoding value of the header, empty if absent
   * @return must be shown the body until it is done, and be closed
   */
  public WatchInitialisation watch(
      RequestDigest digest, int status, String contentType, String contentEncoding) {
    return WatchInitialisation.of(digest, status, contentType, contentEncoding, backlog);
  }

  /** Compressed bytes that passed and were not read along yet. */
  public long bytesBehind() {
    return backlog.bytes();
  }

  /** So many there may be. */
  public long mostBehind() {
    return Backlog.MOST;
  }

  /** How many answers taught nothing, because reading along would have fallen behind too far. */
  public long givenUp() {
    return backlog.overflows();
  }
}
