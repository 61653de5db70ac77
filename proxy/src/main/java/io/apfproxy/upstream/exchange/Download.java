package io.apfproxy.upstream.exchange;

import io.apfproxy.upstream.wire.Member;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerResponse;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Passes one response on, head and body, as it comes. Belongs to the event loop of the request. */
final class Download {
  /*
   * A watch without events has no body byte for minutes, so its head may not wait for one. Where the
   * length is known the body is usually in the same read: the head then waits until the end of this
   * turn of the event loop and leaves in one write with it.
   */
  private static final long RATE_MILLIS = 60_000;
  private static final long MIN_BYTES = 60 << 10;

  /** What a write takes beside its bytes. */
  private static final int WRITE_BYTES = 256;

  private final HttpServerResponse response;
  private final HttpClientResponse answer;
  private final long length;
  private final Consumer<Buffer> passing;
  private final Runnable stalled;
  private final UnreadBytes.Response unread;
  private final BodyRate passed;
  private boolean stopped;
  private boolean blocked;
  private boolean held;
  private long behind;
  private byte last = '\n';
  private Future<Void> sent = Future.succeededFuture();

  /**
   * @param length of the body, -1 if it ends with the stream
   * @param passing told of each piece before it is passed on
   * @param stalled called at most once, if the client does not read
   * @param unread counts what the client has not taken
   */
  Download(
      Vertx vertx,
      HttpServerResponse response,
      HttpClientResponse answer,
      long length,
      Consumer<Buffer> passing,
      Runnable stalled,
      UnreadBytes.Response unread) {
    this.response = response;
    this.answer = answer;
    this.length = length;
    this.passing = passing;
    this.stalled = stalled;
    this.unread = unread;
    this.passed = new BodyRate(vertx, RATE_MILLIS, MIN_BYTES);
  }

  /**
   * Call in the turn in which the response head arrived, or its first bytes are lost.
   *
   * @param turn runs something at the end of this turn of the event loop
   * @param chunkless whether the body ends with the connection, as HTTP/1.0 has it
   */
  void start(Context turn, Runnable end, boolean chunkless) {
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
      turn.runOnContext(later -> writeHead());
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
    passed.count(size);
    last = bytes.getByte(size - 1);
    passing.accept(bytes);
    if (passed.bytes() == length) {
      sent = response.end(bytes);
      count(sent, size);
      return;
    }
    count(response.write(bytes), size);
    if (!blocked && !stopped && response.writeQueueFull()) {
      block();
    }
  }

  /** Counts a write until it has gone, or never will. */
  private void count(Future<Void> write, int size) {
    int bytes = size + WRITE_BYTES;
    unread.add(bytes);
    write.onComplete(gone -> unread.remove(bytes));
  }

  /** Reads no more: what the upstream still may send then waits on our side of it. */
  private void block() {
    blocked = true;
    stand();
    passed.watch(this::checkRate);
    response.drainHandler(
        drained -> {
          blocked = false;
          read();
        });
  }

  private void stand() {
    answer.pause();
    if (behind == 0) {
      behind = Member.STREAM_WINDOW;
      if (length >= 0) {
        behind = Math.min(behind, length - passed.bytes());
      }
      unread.add(behind);
    }
  }

  private void read() {
    if (!held && !blocked && !stopped) {
      unblock();
      answer.resume();
    }
  }

  /** Reads no more, or goes on where the client takes it: a rate limit has it wait. */
  void hold(boolean is) {
    held = is;
    if (!held) {
      read();
    } else if (!stopped) {
      stand();
    }
  }

  private void unblock() {
    long read = behind;
    behind = 0;
    if (read > 0) {
      unread.remove(read);
    }
  }

  private void checkRate(boolean slow) {
    if (!blocked) {
      passed.stop();
    } else if (slow && !stopped) {
      stop();
      stalled.run();
    }
  }

  /** Bytes so far. */
  long passed() {
    return passed.bytes();
  }

  /** Whether nothing of it waits for the client any more, after its end. */
  boolean isGone() {
    return sent.isComplete();
  }

  /** Whether the upstream ended the body before its declared length. */
  boolean truncated() {
    return length > 0 && passed.bytes() < length;
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
    unblock();
    passed.stop();
  }
}
