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
   * costs at most that queue and the kernel's buffers. Nothing passes while a rate limit has them
   * wait, in neither direction: what was read before has passed, so a limit is overdrawn by a piece
   * of each. When one side ends, what it sent is flushed to the other before that is closed too. All
   * that still lies in a socket is read at once when its peer closes it, which may be megabytes: the
   * upstream's then wait as before, and its end behind them. The client's do not, so that one who
   * left is not kept for them.
   */
  private static final long NOT_PACED = -1;

  private final Vertx vertx;
  private final ContextInternal context;
  private final NetSocket left;
  private final NetSocket right;
  private final OneWay toLeft;
  private final OneWay toRight;
  private final LongSupplier moved;
  private final Runnable ended;
  private final long timer;
  private long paced = NOT_PACED;
  private boolean active;
  private boolean ending;
  private boolean leftClosed;
  private boolean rightClosed;

  /**
   * @param idleMillis both are closed when nothing passed for this long, at most twice that
   * @param moved told of each piece; gives the nanoseconds for which none is to pass
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
    this.toLeft = new OneWay(context, right, left);
    this.toRight = new OneWay(context, left, right);
    this.moved = moved;
    this.ended = ended;
    this.timer = vertx.setPeriodic(idleMillis, tick -> closeIfIdle());
  }

  void start() {
    left.exceptionHandler(cause -> left.close());
    right.exceptionHandler(cause -> right.close());
    // what is thrown is to end the request, on whose context a socket taken from its codec is not
    left.handler(bytes -> context.dispatch(bytes, all -> pass(all, toRight)));
    right.handler(bytes -> pass(bytes, toLeft));
    left.endHandler(end -> endWith(toRight));
    right.endHandler(end -> endWith(toLeft));
    left.closeHandler(
        closed -> {
          leftClosed = true;
          waitNoLonger();
          checkEnd();
        });
    right.closeHandler(
        closed -> {
          rightClosed = true;
          checkEnd();
        });
    toLeft.read();
    toRight.read();
  }

  /** Bytes that came from {@code right} before the sockets were joined. */
  void passToLeft(Buffer bytes) {
    pass(bytes, toLeft);
  }

  private void pass(Buffer bytes, OneWay way) {
    active = true;
    if (way.pass(bytes)) {
      pace(moved.getAsLong());
    }
  }

  private void pace(long nanos) {
    if (nanos > 0 && paced == NOT_PACED && !ending) {
      toLeft.hold();
      toRight.hold();
      paced = vertx.setTimer(TimeUnit.NANOSECONDS.toMillis(nanos) + 1, over -> goOn());
    }
  }

  private void goOn() {
    paced = NOT_PACED;
    active = true; // it is we who were idle
    boolean passedLeft = toLeft.release();
    boolean passedRight = toRight.release();
    if (passedLeft || passedRight) {
      pace(moved.getAsLong());
    }
    toLeft.read();
    toRight.read();
  }

  private void endWith(OneWay way) {
    waitNoLonger();
    way.end();
  }

  private void waitNoLonger() {
    ending = true;
    if (vertx.cancelTimer(paced)) {
      goOn();
    }
  }

  private void closeIfIdle() {
    if (!active) {
      close();
    }
    active = false;
  }

  /** Bytes so far. */
  long toLeft() {
    return toLeft.passed();
  }

  /** Bytes so far. */
  long toRight() {
    return toRight.passed();
  }

  void close() {
    left.close();
    right.close();
  }

  private void checkEnd() {
    if (leftClosed && rightClosed) {
      vertx.cancelTimer(timer);
      ended.run();
    }
  }
}
