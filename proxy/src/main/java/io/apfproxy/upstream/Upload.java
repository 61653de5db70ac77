package io.apfproxy.upstream;

import io.apfproxy.nullness.Nullable;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;

/** Passes the body of one request on, as it comes. Belongs to the event loop of the request. */
final class Upload {
  /*
   * The request arrives paused and stays so until it has its seats and a stream. From then on the
   * upstream's write queue alone decides when it is read. A body slower than MIN_BYTES per
   * RATE_MILLIS holds seats for nothing and is given up.
   *
   * A client may end its request with an empty piece of the body, with or without a declared length
   * of 0. The library hands that piece on, so an empty piece means nothing.
   */
  private static final long RATE_MILLIS = 30_000;
  private static final long MIN_BYTES = 30 << 10;

  private final Vertx vertx;
  private final HttpServerRequest client;
  private final Outgoing request;
  private final Runnable tooSlow;
  private @Nullable HttpClientRequest target;
  private boolean clientEnded;
  private boolean started;
  private boolean stopped;
  private boolean blocked;
  private long received;
  private long receivedAtTick;
  private long timer = -1;

  /**
   * @param tooSlow called at most once, if the client sends its body too slowly
   */
  Upload(Vertx vertx, HttpServerRequest client, Outgoing request, Runnable tooSlow) {
    this.vertx = vertx;
    this.client = client;
    this.request = request;
    this.tooSlow = tooSlow;
  }

  /** Whether a byte of the body has been given away, so that the request cannot be sent again. */
  boolean started() {
    return started;
  }

  /** Sends head and body. May be called again with another stream as long as nothing started. */
  void to(HttpClientRequest stream) {
    target = stream;
    long length = HeaderRules.contentLength(request.survivors());
    boolean http2 = client.version() == HttpVersion.HTTP_2;
    boolean chunked = !http2 && client.headers().contains("transfer-encoding");
    if (length >= 0) {
      stream.putHeader("Content-Length", Long.toString(length));
    }
    if (clientEnded || length == 0 || (length < 0 && !http2 && !chunked)) {
      stream.end();
      readToEnd();
    } else if (length < 0 && http2) {
      // The frame that ends a request without body is read after its head, in the same turn.
      vertx.runOnContext(later -> pump(stream));
    } else {
      pump(stream);
    }
  }

  /** There is no body, which the codec enforces: only the end of the request is left to be read. */
  private void readToEnd() {
    if (!clientEnded) {
      client.handler(empty -> {});
      client.endHandler(end -> clientEnded = true);
      client.resume();
    }
  }

  private void pump(HttpClientRequest stream) {
    if (stopped || stream != target) {
      return;
    }
    if (clientEnded) {
      stream.end();
      return;
    }
    client.handler(bytes -> pass(stream, bytes));
    client.endHandler(
        end -> {
          clientEnded = true;
          cancelTimer();
          if (!stopped) {
            stream.end();
          }
        });
    client.resume();
    if (stopped || clientEnded) {
      return;
    }
    if (!started) {
      stream.writeHead();
    }
    if (request.expectContinue()) {
      client.response().writeContinue();
    }
    if (!request.longRunning()) {
      timer = vertx.setPeriodic(RATE_MILLIS, tick -> checkRate());
    }
  }

  private void pass(HttpClientRequest stream, Buffer bytes) {
    if (stopped || bytes.length() == 0) {
      return;
    }
    started = true;
    received += bytes.length();
    stream.write(bytes);
    if (!blocked && stream.writeQueueFull()) {
      blocked = true;
      client.pause();
      stream.drainHandler(
          drained -> {
            blocked = false;
            if (!stopped && !clientEnded) {
              client.resume();
            }
          });
    }
  }

  private void checkRate() {
    boolean slow = !blocked && received - receivedAtTick < MIN_BYTES;
    receivedAtTick = received;
    if (slow && !stopped) {
      stop();
      tooSlow.run();
    }
  }

  /** Nothing more goes upstream; what the client still sends is dropped by whoever replies. */
  void stop() {
    stopped = true;
    cancelTimer();
  }

  private void cancelTimer() {
    if (timer >= 0) {
      vertx.cancelTimer(timer);
      timer = -1;
    }
  }
}
