package io.apfproxy.flowcontrol;

import io.apfproxy.request.RequestDigest;
import io.apfproxy.work.ListMeter;
import io.apfproxy.work.WatchInitialisation;
import org.jspecify.annotations.Nullable;

/**
 * What flow control wants to see of responses that pass. Asked when a response head has arrived,
 * for requests that were admitted. Thread-safe; what it hands out is not.
 */
public interface ResponseLearning {
  /**
   * A reader of the body to come, for a response worth learning from.
   *
   * @param contentType value of the header, empty if absent
   * @param contentEncoding value of the header, empty if absent
   * @return null for nearly all responses; else it must be shown the body, and be ended or closed
   */
  @Nullable ListMeter meterList(
      RequestDigest digest, int status, String contentType, String contentEncoding);

  /**
   * A detector of the moment when a watch's seats go back.
   *
   * @param digest of a watch
   * @param contentType value of the header, empty if absent
   * @param contentEncoding value of the header, empty if absent
   * @return must be shown the body until it is done, and be closed
   */
  WatchInitialisation watch(
      RequestDigest digest, int status, String contentType, String contentEncoding);
}
