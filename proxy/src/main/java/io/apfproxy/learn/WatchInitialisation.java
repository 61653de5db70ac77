package io.apfproxy.learn;

import io.apfproxy.request.Query;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.work.ListQuery;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Finds the moment when a watch has sent its initial events, which is when its seats go back. Made
 * from the response head, fed with the body until {@link #isDone}. Not thread-safe: belongs to the
 * response's event loop. Must be closed.
 *
 * <p>The caller keeps the two clocks: seats go back when {@link #isDone}, or {@link #quietNanos}
 * after the last byte (or the head), or {@link #capNanos} after the head, whatever comes first.
 */
public final class WatchInitialisation implements ReadingAlong, AutoCloseable {
  /*
   * kube-apiserver returns the seats when the initial events are in the watcher's channel; outside, only the stream can tell.
   *   refused, or going on from a version: nothing initial, the head is enough (the server flushes it first);
   *   sendInitialEvents with bookmarks: the annotated bookmark;
   *   else: no mark exists. The server has all initial events at hand and flushes whenever it has written all that it has, so they
   *     come as fast as the line takes them, and a gap means that they are over. Inside, the seats of a watch are back within a
   *     millisecond or two; each one that they are held for longer here is capacity that the server has and we refuse: a gap that
   *     is cut too short gives back some of it too early, one that is too long takes it from everybody else.
   */
  private static final long QUIET_NANOS = Duration.ofMillis(5).toNanos();
  private static final long CAP_NANOS = Duration.ofSeconds(60).toNanos();
  private static final WatchInitialisation DONE = new WatchInitialisation(true, null, null);

  private final boolean doneAtHead;
  private final @Nullable WatchEvents events;
  private final @Nullable GzipBody gzip;

  /** What takes the bytes of the events. */
  private final @Nullable BodySink body;

  private boolean closed;

  private WatchInitialisation(
      boolean doneAtHead, @Nullable WatchEvents events, @Nullable GzipBody gzip) {
    this.doneAtHead = doneAtHead;
    this.events = events;
    this.gzip = gzip;
    this.body = gzip == null ? events : gzip;
  }

  /**
   * @param digest of a watch
   * @param status of its response
   * @param contentType value of the header, empty if absent
   * @param contentEncoding value of the header, empty if absent
   * @param backlog of compressed bodies
   */
  static WatchInitialisation of(
      RequestDigest digest,
      int status,
      String contentType,
      String contentEncoding,
      Backlog backlog) {
    ListQuery query = ListQuery.of(digest.query());
    boolean refused = status < 200 || status > 299;
    if (refused || (!query.initialEvents() && !query.anyVersion())) {
      return DONE;
    }
    boolean marked =
        query.initialEvents() && ListQuery.flag(Query.of(digest.query()), "allowWatchBookmarks");
    WatchEvents events =
        switch (MediaFormat.of(contentType, contentEncoding)) {
          case JSON -> marked ? new WatchEvents.JsonLines() : null;
          case PROTOBUF -> marked ? new WatchEvents.ProtobufFrames() : null;
          case UNREADABLE -> null;
        };
    GzipBody gzip =
        events != null && MediaFormat.isGzip(contentEncoding)
            ? new GzipBody(events, backlog)
            : null;
    return new WatchInitialisation(false, events, gzip);
  }

  /** Whether the initial events are known to be over; stays so. */
  public boolean isDone() {
    return doneAtHead || (events != null && events.initialEventsEnded());
  }

  @Override
  public void accept(byte[] bytes, int offset, int length) {
    if (body != null && expectsMark()) {
      body.accept(bytes, offset, length);
    }
  }

  @Override
  public boolean isBehind() {
    return !closed && gzip != null && gzip.isBehind();
  }

  @Override
  public void goOn() {
    if (gzip != null && isBehind()) {
      gzip.goOn();
    }
  }

  /**
   * Length of a gap without bytes that ends the initial events; {@link Long#MAX_VALUE} while a mark
   * in the stream is expected. May shrink when the stream turns out to be unreadable.
   */
  public long quietNanos() {
    return expectsMark() ? Long.MAX_VALUE : QUIET_NANOS;
  }

  /** Longest time after the head for which a watch may keep its seats. */
  public long capNanos() {
    return CAP_NANOS;
  }

  /** Harmless when repeated. */
  @Override
  public void close() {
    closed = true;
    if (gzip != null) {
      gzip.close();
    }
  }

  private boolean expectsMark() {
    return !closed && body != null && !body.isDone();
  }
}
