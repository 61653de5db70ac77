package io.apfproxy.upstream.exchange;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;

/** A client that sends and reads as it is told, by HTTP/2 or HTTP/1.1. */
final class FakeClient {
  private final Deque<Promise<Void>> writes = new ArrayDeque<>();
  private final HttpServerResponse response;
  private final HttpServerRequest request;
  private final boolean prompt;
  private Handler<Buffer> handler;
  private Handler<Void> endHandler;
  private Handler<Void> drainHandler;
  private boolean paused = true;
  private boolean requestEnded;
  private boolean requestRead;
  private boolean slow;
  private boolean headWritten;
  private boolean responseEnded;
  private boolean closed;

  /**
   * @param empty whether its request has no body, and has ended
   * @param prompt whether it reads at once while it reads
   */
  @SuppressWarnings("unchecked")
  FakeClient(boolean http2, boolean empty, boolean prompt) {
    this.prompt = prompt;
    requestEnded = empty;
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    if (!http2 && !empty) {
      headers.add("Transfer-Encoding", "chunked");
    }
    MultiMap responseHeaders = MultiMap.caseInsensitiveMultiMap();
    response =
        new Fake()
            .returns("headers", () -> responseHeaders)
            .returns("trailers", MultiMap::caseInsensitiveMultiMap)
            .returns("headWritten", () -> headWritten)
            .returns("ended", () -> responseEnded)
            .returns("closed", () -> closed)
            .returns("writeQueueFull", () -> slow)
            .takes("drainHandler", Handler.class, drain -> drainHandler = drain)
            .answers("writeHead", args -> write())
            .answers("write", args -> write())
            .answers("writeEarlyHints", args -> Future.succeededFuture())
            .answers(
                "end",
                args -> {
                  responseEnded = true;
                  return write();
                })
            .answers(
                "reset",
                args -> {
                  closed = true;
                  return Future.succeededFuture();
                })
            .as(HttpServerResponse.class);
    HttpConnection connection =
        new Fake()
            .answers(
                "close",
                args -> {
                  closed = true;
                  return Future.succeededFuture();
                })
            .as(HttpConnection.class);
    request =
        new Fake()
            .returns("version", () -> http2 ? HttpVersion.HTTP_2 : HttpVersion.HTTP_1_1)
            .returns("headers", () -> headers)
            .returns("response", () -> response)
            .returns("connection", () -> connection)
            .returns("isEnded", () -> requestEnded)
            .takes("handler", Handler.class, any -> handler = any)
            .takes("endHandler", Handler.class, any -> endHandler = any)
            .runs("pause", () -> pause(true))
            .runs("resume", () -> pause(false))
            .as(HttpServerRequest.class);
  }

  HttpServerRequest request() {
    return request;
  }

  /** As the library: not of a request that was read to its end. */
  private void pause(boolean is) {
    if (requestRead) {
      throw new IllegalStateException("Request has already been read");
    }
    paused = is;
  }

  private Future<Void> write() {
    if (closed) {
      return Future.failedFuture("closed");
    }
    headWritten = true;
    if (prompt && !slow && writes.isEmpty()) {
      return Future.succeededFuture();
    }
    Promise<Void> write = Promise.promise();
    writes.add(write);
    return write.future();
  }

  void somethingHappens(Random random) {
    switch (random.nextInt(6)) {
      case 0 -> slow = true;
      case 1 -> drain();
      case 2 -> takeOne();
      case 3 -> endRequest();
      default -> {
        if (!paused && !requestEnded && handler != null) {
          handler.handle(Buffer.buffer(random.nextInt(8) == 0 ? "" : "piece"));
        }
      }
    }
  }

  private void endRequest() {
    if (!paused && !requestEnded) {
      requestEnded = true;
      requestRead = true;
      if (endHandler != null) {
        endHandler.handle(null);
      }
    }
  }

  private void drain() {
    slow = false;
    Handler<Void> drained = drainHandler;
    drainHandler = null;
    if (drained != null && !closed) {
      drained.handle(null);
    }
  }

  private void takeOne() {
    if (!writes.isEmpty()) {
      writes.remove().complete();
    }
  }

  /** It reads all that is left, or is gone. */
  void takeAll() {
    while (!writes.isEmpty()) {
      takeOne();
    }
  }

  boolean hasTakenAll() {
    return writes.isEmpty();
  }
}
