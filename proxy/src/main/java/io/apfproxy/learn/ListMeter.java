package io.apfproxy.learn;

import org.jspecify.annotations.Nullable;

/**
 * Reads along with the body of one list response and teaches the object statistics from it. Bytes
 * are looked at as they pass; nothing is kept but a few numbers. Not thread-safe: belongs to the
 * response's event loop. Must be ended or closed.
 */
public final class ListMeter implements ReadingAlong, AutoCloseable {
  private final ListItems list;
  private final @Nullable GzipBody gzip;
  private final BodySink body;
  private final Lesson lesson;
  private long bytes;
  private boolean ended;
  private boolean closed;

  /** Where the result goes. */
  interface Lesson {
    /**
     * @param list complete
     * @param bytes size of the body, decompressed
     */
    void learn(ListItems list, long bytes);
  }

  /**
   * @param backlog of compressed bodies; null if this is none
   */
  ListMeter(ListItems list, @Nullable Backlog backlog, Lesson lesson) {
    this.list = list;
    BodySink plain = new Counted();
    this.gzip = backlog == null ? null : new GzipBody(plain, backlog);
    this.body = gzip == null ? plain : gzip;
    this.lesson = lesson;
  }

  @Override
  public void accept(byte[] piece, int offset, int length) {
    if (!closed) {
      body.accept(piece, offset, length);
    }
  }

  /** Whether further bytes are of no use, because the body is not what it should be. */
  public boolean isDone() {
    return closed || body.isDone();
  }

  @Override
  public boolean isBehind() {
    return !closed && gzip != null && gzip.isBehind();
  }

  @Override
  public void goOn() {
    if (gzip != null && isBehind()) {
      gzip.goOn();
      if (ended) {
        end();
      }
    }
  }

  /**
   * The response ended as it should: learns from it, if it was understood, at once or when nothing
   * is left to be looked at.
   */
  public void end() {
    ended = true;
    if (closed || isBehind()) {
      return;
    }
    if (list.isComplete() && (gzip == null || gzip.isComplete())) {
      lesson.learn(list, bytes);
    }
    close();
  }

  /** The response was cut off: nothing is learned. Harmless when repeated or after the end. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      if (gzip != null) {
        gzip.close();
      }
    }
  }

  /** Counts what it hands on to the list. */
  private final class Counted implements BodySink {
    @Override
    public void accept(byte[] piece, int offset, int length) {
      bytes += length;
      list.accept(piece, offset, length);
    }

    @Override
    public boolean isDone() {
      return list.isDone();
    }
  }
}
