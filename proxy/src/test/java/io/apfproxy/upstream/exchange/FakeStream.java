package io.apfproxy.upstream.exchange;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpVersion;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A stream of a server that answers, breaks and pauses as it is told. */
final class FakeStream {
  private final Promise<HttpClientResponse> answer = Promise.promise();
  private final HttpClientRequest request;
  private Handler<Throwable> broken;
  private Handler<Throwable> answerBroken;
  private Handler<Buffer> handler;
  private Handler<Void> endHandler;
  private Handler<Void> drainHandler;
  private boolean full;
  private boolean headSent;
  private boolean sent;
  private boolean answered;
  private boolean answerEnded;
  private boolean gone;
  private @Nullable Throwable cannotBegin;

  @SuppressWarnings("unchecked")
  FakeStream(boolean http2) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    HttpConnection connection =
        new Fake()
            .returns("protocolVersion", () -> http2 ? HttpVersion.HTTP_2 : HttpVersion.HTTP_1_1)
            .answers("close", args -> close())
            .as(HttpConnection.class);
    request =
        new Fake()
            .returns("headers", () -> headers)
            .returns("connection", () -> connection)
            .returns("streamId", () -> headSent ? 1L : -1L)
            .returns("response", answer::future)
            .returns("writeQueueFull", () -> full)
            .takes("exceptionHandler", Handler.class, any -> broken = any)
            .takes("drainHandler", Handler.class, any -> drainHandler = any)
            .answers("writeHead", args -> send(false))
            .answers("write", args -> send(false))
            .answers("end", args -> send(true))
            .answers("reset", args -> close())
            .as(HttpClientRequest.class);
  }

  HttpClientRequest request() {
    return request;
  }

  private Future<Void> send(boolean toTheEnd) {
    if (cannotBegin != null) {
      breakBy(cannotBegin);
      return Future.failedFuture(cannotBegin);
    }
    headSent = true;
    sent = toTheEnd;
    return Future.succeededFuture();
  }

  private Future<Void> close() {
    gone = true;
    return Future.succeededFuture();
  }

  /** Whether it takes a place on its connection, and nobody ended it. */
  boolean isOpen() {
    return !gone && !(sent && answerEnded);
  }

  void breakBy(Throwable cause) {
    if (gone || (sent && answerEnded)) {
      return;
    }
    gone = true;
    if (answerBroken != null) {
      answerBroken.handle(cause);
    }
    broken.handle(cause);
    answer.tryFail(cause);
  }

  void head(Random random) {
    if (gone || answered || !headSent) {
      return;
    }
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    headers.add("Content-Type", "application/json");
    switch (random.nextInt(6)) {
      case 0 -> headers.add("Content-Length", "9");
      case 1 -> headers.add("Content-Length", "nine");
      case 2 -> headers.add("Location", "https://elsewhere");
      default -> {}
    }
    head(headers);
  }

  /** A redirect if these have a location, else 200. */
  @SuppressWarnings("unchecked")
  void head(MultiMap headers) {
    answered = true;
    int code = headers.contains("Location") ? 302 : 200;
    answer.complete(
        new Fake()
            .returns("statusCode", () -> code)
            .returns("headers", () -> headers)
            .returns("getHeader", () -> headers.get("content-type"))
            .returns("trailers", MultiMap::caseInsensitiveMultiMap)
            .takes("handler", Handler.class, any -> handler = any)
            .takes("endHandler", Handler.class, any -> endHandler = any)
            .takes("exceptionHandler", Handler.class, any -> answerBroken = any)
            .as(HttpClientResponse.class));
  }

  void body(Buffer bytes) {
    if (!gone && answered && !answerEnded && handler != null) {
      handler.handle(bytes);
    }
  }

  void end() {
    if (!gone && answered && !answerEnded) {
      answerEnded = true;
      endHandler.handle(null);
    }
  }

  /** It breaks when its head is to be written, in that turn. */
  void cannotBegin(Throwable cause) {
    cannotBegin = cause;
  }

  /** Whether its head was written. */
  boolean isBegun() {
    return headSent;
  }

  /** It takes no more for now. */
  void fill() {
    full = true;
  }

  void drain() {
    full = false;
    Handler<Void> drained = drainHandler;
    drainHandler = null;
    if (drained != null && !gone) {
      drained.handle(null);
    }
  }
}
