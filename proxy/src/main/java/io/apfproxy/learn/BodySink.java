package io.apfproxy.learn;

/** Takes a response body piece by piece. Not thread-safe. */
interface BodySink {
  /** Looks at the bytes and keeps no reference to the array. */
  void accept(byte[] bytes, int offset, int length);

  /** Whether more bytes would tell nothing new: all is known, or the format is not understood. */
  boolean isDone();
}
