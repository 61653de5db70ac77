package io.apfproxy.report.talkers;

import io.apfproxy.flowcontrol.Classification;
import io.apfproxy.request.RequestInfo;
import org.jspecify.annotations.Nullable;

/**
 * What is told of one request, or of a part of a long one. Whoever fills it in uses the same object
 * again and again. Not thread-safe.
 */
final class TalkerRecord {
  /** Null if nobody found out who asks. */
  @Nullable String user;

  /** Null if it was not understood. */
  @Nullable RequestInfo info;

  String agent = "";

  /** As sockets print it. */
  String address = "";

  Classification place = Classification.NONE;

  /** Fixed name of the rule that refused it, or would have; null if none. */
  @Nullable String rule;

  /** Whether it tells, of one that is told of besides, what its level would have done with it. */
  boolean would;

  /** 1, or 0 of what was counted before or is no request. */
  int requests;

  long waitNanos;
  long seatNanos;
  long bytes;
}
