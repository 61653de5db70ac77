package io.apfproxy.admin;

import io.apfproxy.request.RefusedException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One answer of the admin listener; may go to several who asked.
 *
 * @param etag tells versions of a file apart; empty for what is always new
 * @param stream writes it, in place of the body; null for an answer with an end
 */
record AdminReply(int code, String contentType, Buffer body, String etag, @Nullable Stream stream) {
  private static final String PLAIN = "text/plain; charset=utf-8";

  AdminReply(int code, String contentType, Buffer body) {
    this(code, contentType, body, "", null);
  }

  /** An answer that has no end. */
  @FunctionalInterface
  interface Stream {
    /**
     * Begins to answer. Called on the listener's event loop.
     *
     * @param right asks whether the reader still may read; fails if not
     * @throws RefusedException there are too many; nothing was written then
     */
    void open(HttpServerRequest request, Supplier<CompletableFuture<Void>> right)
        throws RefusedException;
  }

  static AdminReply stream(Stream stream) {
    return new AdminReply(200, "text/event-stream", Buffer.buffer(), "", stream);
  }

  static AdminReply plain(int code, String body) {
    return new AdminReply(code, PLAIN, Buffer.buffer(body));
  }

  static AdminReply json(String body) {
    return new AdminReply(200, "application/json", Buffer.buffer(body));
  }

  static AdminReply prometheus(String body) {
    return new AdminReply(200, "text/plain; version=0.0.4; charset=utf-8", Buffer.buffer(body));
  }
}
