package io.apfproxy.admin;

import io.apfproxy.time.TimeSource;
import io.netty.handler.codec.DateFormatter;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Date;

/** Writes answers to those who read them. Belongs to one event loop. */
final class ReplyWriter {
  /*
   * A page of many megabytes that nobody reads stays in memory: what is written and not yet taken is
   * bounded in all, and whoever takes longer than STALLED_MILLIS is cut off.
   */
  static final long MOST_BYTES = 64 << 20;

  private static final long STALLED_MILLIS = 30_000;
  private static final String RULE = "admin-unread-bytes";

  private final Vertx vertx;
  private final TimeSource time = TimeSource.system();
  private final UnreadReplies unread = new UnreadReplies(MOST_BYTES);
  private final AdminDoor door;

  /**
   * @param door told of whom it cuts off for others
   */
  ReplyWriter(Vertx vertx, AdminDoor door) {
    this.vertx = vertx;
    this.door = door;
  }

  /** On any thread. */
  UnreadReplies unread() {
    return unread;
  }

  /** Whether the reader has this version of a file already. */
  private static boolean isKnown(HttpServerRequest request, AdminReply reply) {
    return !reply.etag().isEmpty() && reply.etag().equals(request.getHeader("If-None-Match"));
  }

  @SuppressWarnings("JavaUtilDate") // what the formatter takes
  void write(HttpServerRequest request, AdminReply reply) {
    HttpServerResponse response = request.response();
    if (response.closed() || response.ended()) {
      return;
    }
    if (isKnown(request, reply)) {
      response.setStatusCode(304).putHeader("ETag", reply.etag());
      BrowserRules.headers(request);
      response.end();
      return;
    }
    UnreadReplies.Reply sending = begin(request, reply.body().length());
    long stalled = vertx.setTimer(STALLED_MILLIS, late -> Cut.off(request.connection()));
    BrowserRules.headers(request);
    if (!reply.etag().isEmpty()) {
      response.putHeader("ETag", reply.etag());
    }
    response
        .setStatusCode(reply.code())
        .putHeader("Date", DateFormatter.format(new Date(time.epochMillis())))
        .putHeader("Content-Type", reply.contentType())
        .putHeader("X-Content-Type-Options", "nosniff")
        .putHeader("Cache-Control", "no-cache, private")
        .end(reply.body())
        .onComplete(
            sent -> {
              vertx.cancelTimer(stalled);
              sending.over();
            });
  }

  private UnreadReplies.Reply begin(HttpServerRequest request, int bytes) {
    String address = request.remoteAddress().hostAddress();
    return unread.add(
        address,
        bytes,
        () -> {
          Cut.off(request.connection());
          door.cutOff(
              RULE, "cut off: what was sent is not read, and others need the room", address);
        });
  }
}
