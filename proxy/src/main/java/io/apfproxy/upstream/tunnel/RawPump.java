package io.apfproxy.upstream.tunnel;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.NetSocket;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Joins two sockets byte by byte, until either ends. Belongs to their event loop. */
final class RawPump {
  /*
   * Each direction stops reading while the other side's write queue is full, so a reader that stops
   * costs at most that queue and the kernel's buffers. Neither is read while a rate limit has them
   * wait: what was read has passed, so a limit is overdrawn by one piece; that an end has come is
   * noticed after that, too. When one side ends, what it sent is flushed to the other before that is
   * closed too.
   */
  private static final int QUEUE_BYTES = 64 << 10;

  private static final long NOT_PACED = -1;

  private final Vertx vertx;
  private final ContextInternal context;
  private final NetSocket left;
  private final NetSocket right;
  private final LongSupplier moved;
  private final Runnable ended;
  private final long timer;
  private long paced = NOT_PACED;
  private boolean leftIsFull;
  private boolean rightIsFull;
  private long toLeft;
  private long toRight;
  private boolean active;
  private boolean leftClosed;
  private boolean rightClosed;

  /**
   * @param idleMillis both are closed when nothing passed for this long, at most twice that
   * @param moved told of each piece; gives the nanoseconds for which neither is to be read
   * @param ended called once, when both are closed
   */
  RawPump(
      Vertx vertx,
      NetSocket left,
      NetSocket right,
      long idleMillis,
      LongSupplier moved,
      Runnable ended) {
    this.vertx = vertx;
    this.context = (ContextInternal) vertx.getOrCreateContext();
    this.left = left;
    this.right = right;
    this.moved = moved;
    this.ended = ended;
    this.timer = vertx.setPeriodic(idleMillis, tick -> closeIfIdle());
  }

  void start() {
    left.setWriteQueueMaxSize(QUEUE_BYTES);
    right.setWriteQueueMaxSize(QUEUE_BYTES);
    left.exceptionHandler(cause -> left.close());
    right.exceptionHandler(cause -> right.close());
    // what is thrown is to end the request, on whose context a socket taken from its codec is not
    left.handler(bytes -> context.dispatch(bytes, all -> pass(all, left, right)));
    right.handler(bytes -> pass(bytes, right, left));
    left.endHandler(end -> endAfterFlush(right));
    right.endHandler(end -> endAfterFlush(left));
    left.closeHandler(
        closed -> {
          leftClosed = true;
          checkEnd();
        });
    right.closeHandler(
        closed -> {
          rightClosed = true;
          checkEnd();
        });
    resume();
  }

  /** Bytes that came from {@code right} before the sockets were joined. */
  void passToLeft(Buffer bytes) {
    pass(bytes, right, left);
  }

  private void pass(Buffer bytes, NetSocket from, NetSocket to) {
    active = true;
    if (to == left) {
      toLeft += bytes.length();
    } else {
      toRight += bytes.length();
    }
    to.write(bytes);
    if (to.writeQueueFull()) {
      from.pause();
      full(to, true);
      to.drainHandler(
          drained -> {
            full(to, false);
            resume();
          });
    }
    pace(moved.getAsLong());
  }

  private void full(NetSocket socket, boolean is) {
    if (socket == left) {
      leftIsFull = is;
    } else {
      rightIsFull = is;
    }
  }

  private void pace(long nanos) {
    if (nanos > 0 && paced == NOT_PACED) {
      left.pause();
      right.pause();
      paced = vertx.setTimer(TimeUnit.NANOSECONDS.toMillis(nanos) + 1, over -> goOn());
    }
  }

  private void goOn() {
    paced = NOT_PACED;
    active = true; // it is we who were idle
    resume();
  }

  /** Reads what may be read. */
  private void resume() {
    if (paced == NOT_PACED) {
      if (!rightIsFull) {
        left.resume();
      }
      if (!leftIsFull) {
        right.resume();
      }
    }
  }

  private static void endAfterFlush(NetSocket socket) {
    socket.write(Buffer.buffer()).onComplete(flushed -> socket.close());
  }

  private void closeIfIdle() {
    if (!active) {
      close();
    }
    active = false;
  }

  /** Bytes so far. */
  long toLeft() {
    return toLeft;
  }

  /** Bytes so far. */
  long toRight() {
    return toRight;
  }

  void close() {
    left.close();
    right.close();
  }

  private void checkEnd() {
    if (vertx.cancelTimer(paced)) {
      goOn(); // what the one that is gone has sent is all that passes any more
    }
    if (leftClosed && rightClosed) {
      vertx.cancelTimer(timer);
      ended.run();
    }
  }
}
