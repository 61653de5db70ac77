package io.apfproxy.upstream.exchange;

import io.apfproxy.upstream.wire.Member;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerResponse;
import org.jspecify.annotations.Nullable;

/** Passes one response on, head and body, as it comes. Belongs to the event loop of the request. */
final class Download {
  /** Told how it goes. */
  interface Listener {
    /** These bytes of the body are about to be passed on. */
    void passing(Buffer bytes);

    /** The upstream has sent it; not told once it was stopped. */
    void ended();

    /** Makes who watches the client while it reads too little. Called at most once. */
    SlowReader reader();
  }

  /*
   * A watch without events has no body byte for minutes, so its head may not wait for one. Where the
   * length is known the body is usually in the same read: the head then waits until the end of this
   * turn of the event loop and leaves in one write with it.
   */
  private final HttpServerResponse response;
  private final HttpClientResponse answer;
  private final long length;
  private final Backlog backlog;
  private final Listener listener;
  private final boolean isJson;
  private @Nullable SlowReader reader;
  private long passed;
  private boolean stopped;
  private boolean blocked;
  private boolean held;
  private boolean allCame;
  private long readOnAt;
  private byte last = '\n';
  private Future<Void> sent = Future.succeededFuture();
  private Future<Void> head = Future.failedFuture("not written by itself");

  /**
   * @param length of the body, -1 if it ends with the stream
   * @param backlog counts what the client has not taken
   */
  Download(
      HttpServerResponse response,
      HttpClientResponse answer,
      long length,
      Backlog backlog,
      Listener listener) {
    this.response = response;
    this.answer = answer;
    this.length = length;
    this.backlog = backlog;
    this.listener = listener;
    @Nullable String type = answer.getHeader("content-type");
    this.isJson = type != null && type.startsWith("application/json");
  }

  /**
   * Call in the turn in which the response head arrived, or its first bytes are lost.
   *
   * @param turn runs something at the end of this turn of the event loop
   * @param chunkless whether the body ends with the connection, as HTTP/1.0 has it
   */
  void start(Context turn, boolean chunkless) {
    answer.handler(this::pass);
    answer.endHandler(done -> end());
    if (chunkless) {
      response.write(Buffer.buffer()); // writeHead() would announce chunks
    } else if (length < 0) {
      writeHead();
    } else {
      turn.runOnContext(later -> writeHead());
    }
  }

  /**
   * All of it has come, though nobody will say so any more: passes on what lies here, a window at
   * most, however late its client reads.
   *
   * @param turn runs something at the end of this turn of the event loop
   */
  void hasCome(Context turn) {
    allCame = true;
    answer.resume(); // which is done at the end of this turn, too
    turn.runOnContext(passed -> end());
  }

  private void end() {
    if (!stopped) {
      listener.ended();
    }
  }

  private void writeHead() {
    if (!stopped && !response.headWritten() && !response.closed()) {
      head = response.writeHead();
    }
  }

  /** Does it when the head has gone out, if that goes by itself, as where no length is known. */
  void whenHeadIsOut(Runnable action) {
    head.onSuccess(out -> action.run());
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
    listener.passing(bytes);
    if (passed == length) {
      sent = response.end(bytes);
      backlog.add(sent, size);
      return;
    }
    backlog.add(response.write(bytes), size);
    if (!blocked && !stopped && response.writeQueueFull() && !backlog.mayGrow()) {
      block();
    }
  }

  /** Reads on when half of the room it had is free, or the client's queue says so. */
  private void block() {
    blocked = true;
    readNoMore();
    if (reader == null) {
      reader = listener.reader();
    }
    reader.stand();
    readOnAt = backlog.room() / 2;
    backlog.whenLess(
        () -> {
          if (backlog.waiting() < readOnAt) {
            unblock();
          }
        });
    response.drainHandler(drained -> unblock());
  }

  private void unblock() {
    if (blocked) {
      blocked = false;
      if (!stopped && reader != null) {
        reader.move();
      }
      readOn();
    }
  }

  /** Reads no more, or goes on where the client takes it: a rate limit has it wait. */
  void hold(boolean is) {
    held = is;
    if (!held) {
      readOn();
    } else if (!stopped) {
      readNoMore();
    }
  }

  /** What the upstream still may send then waits on our side of it. */
  private void readNoMore() {
    if (allCame) {
      return;
    }
    answer.pause();
    long left = length < 0 ? Long.MAX_VALUE : Math.max(0, length - passed);
    backlog.leaveBehind(Math.min(left, Member.STREAM_WINDOW));
  }

  private void readOn() {
    if (!held && !blocked && !stopped) {
      backlog.catchUp();
      answer.resume();
    }
  }

  /** Bytes so far. */
  long passed() {
    return passed;
  }

  /** Whether nothing of it waits for the client any more, after its end. */
  boolean isGone() {
    return sent.isComplete();
  }

  /** Whether the upstream ended the body before its declared length. */
  boolean truncated() {
    return length > 0 && passed < length;
  }

  /** Whether a stream of JSON lines stands between two of them. */
  boolean betweenLines() {
    return isJson && last == '\n';
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
    backlog.catchUp();
    if (reader != null) {
      reader.stop();
    }
  }
}
