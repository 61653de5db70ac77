package io.apfproxy.upstream;

import io.apfproxy.nullness.Nullable;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerResponse;

/** Passes one response on, head and body, as it comes. Belongs to the event loop of the request. */
final class Download {
  /*
   * A watch without events has no body byte for minutes, so its head may not wait for one. Where the
   * length is known the body is usually in the same read: the head then waits until the end of this
   * turn of the event loop and leaves in one write with it.
   */
  private static final long RATE_MILLIS = 60_000;
  private static final long MIN_BYTES = 60 << 10;

  private final Vertx vertx;
  private final HttpServerResponse response;
  private final HttpClientResponse answer;
  private final long length;
  private final ExchangeListener listener;
  private final ProxyEvents events;
  private final Runnable stalled;
  private boolean stopped;
  private boolean blocked;
  private long passed;
  private long passedAtTick;
  private byte last = '\n';
  private Future<Void> sent = Future.succeededFuture();
  private long timer = -1;

  /**
   * @param length of the body, -1 if it ends with the stream
   * @param stalled called at most once, if the client does not read
   */
  Download(
      Vertx vertx,
      HttpServerResponse response,
      HttpClientResponse answer,
      long length,
      ExchangeListener listener,
      ProxyEvents events,
      Runnable stalled) {
    this.vertx = vertx;
    this.response = response;
    this.answer = answer;
    this.length = length;
    this.listener = listener;
    this.events = events;
    this.stalled = stalled;
  }

  /**
   * Call in the turn in which the response head arrived, or its first bytes are lost.
   *
   * @param chunkless whether the body ends with the connection, as HTTP/1.0 has it
   */
  void start(Runnable end, boolean chunkless) {
    answer.handler(this::pass);
    answer.endHandler(
        done -> {
          if (!stopped) {
            end.run();
          }
        });
    if (chunkless) {
      response.write(Buffer.buffer()); // writeHead() would announce chunks
    } else if (length < 0) {
      writeHead();
    } else {
      vertx.runOnContext(later -> writeHead());
    }
  }

  private void writeHead() {
    if (!stopped && !response.headWritten() && !response.closed()) {
      response.writeHead();
    }
  }

  private void pass(Buffer bytes) {
    if (stopped || response.ended() || response.closed()) {
      return;
    }
    int size = bytes.length();
    if (size == 0) {
      return;
    }
    passed += size;
    last = bytes.getByte(size - 1);
    events.responseBytes(size);
    listener.body(bytes);
    if (passed == length) {
      sent = response.end(bytes);
      return;
    }
    response.write(bytes);
    if (!blocked && response.writeQueueFull()) {
      block();
    }
  }

  private void block() {
    blocked = true;
    answer.pause();
    if (timer < 0) {
      passedAtTick = passed;
      timer = vertx.setPeriodic(RATE_MILLIS, tick -> checkRate());
    }
    response.drainHandler(
        drained -> {
          blocked = false;
          if (!stopped) {
            answer.resume();
          }
        });
  }

  private void checkRate() {
    boolean slow = blocked && passed - passedAtTick < MIN_BYTES;
    passedAtTick = passed;
    if (!blocked) {
      cancelTimer();
    } else if (slow && !stopped) {
      stop();
      stalled.run();
    }
  }

  /** Whether the upstream ended the body before its declared length. */
  boolean truncated() {
    return length > 0 && passed < length;
  }

  /** Whether a stream of JSON lines stands between two of them. */
  boolean betweenLines() {
    @Nullable String type = answer.getHeader("content-type");
    return last == '\n' && type != null && type.startsWith("application/json");
  }

  /**
   * Ends the client's response as the upstream ended its own.
   *
   * @return completes when it has been handed to the socket
   */
  Future<Void> finish(MultiMap trailers) {
    stop();
    if (!response.ended() && !response.closed()) {
      if (!trailers.isEmpty()) {
        response.trailers().addAll(trailers);
      }
      sent = response.end();
    }
    return sent;
  }

  /**
   * From now on only reads on, as the upstream sends.
   *
   * @param end called when it has sent everything
   */
  void drop(Runnable end) {
    stop();
    answer.endHandler(read -> end.run());
    answer.resume();
  }

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
