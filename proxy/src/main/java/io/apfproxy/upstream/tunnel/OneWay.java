package io.apfproxy.upstream.tunnel;

import io.apfproxy.upstream.wire.Pieces;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import org.jspecify.annotations.Nullable;

/** One direction of a tunnel. Belongs to the event loop of its sockets. */
final class OneWay {
  /*
   * While it has to wait it reads on until a piece has come, which is kept: so the end of a side that
   * has nothing to say is noticed at once, and no more than a piece is held for it.
   */
  private static final int QUEUE_BYTES = 16 << 10;

  private final NetSocket from;
  private final NetSocket to;
  private final Pieces pieces;
  private @Nullable Buffer kept;
  private boolean full;
  private boolean waits;
  private long passed;

  /**
   * @param context of the request
   */
  OneWay(Context context, NetSocket from, NetSocket to) {
    this.from = from;
    this.to = to;
    this.pieces = Pieces.of(context, this::write);
    to.setWriteQueueMaxSize(QUEUE_BYTES);
  }

  /**
   * Bytes have come.
   *
   * @return whether they have passed; if not, they are kept
   */
  boolean pass(Buffer bytes) {
    if (!waits) {
      passed += bytes.length();
      pieces.add(bytes);
      return true;
    }
    kept = kept == null ? bytes : kept.appendBuffer(bytes);
    from.pause();
    return false;
  }

  private void write(Buffer bytes) {
    to.write(bytes);
    if (to.writeQueueFull()) {
      full = true;
      from.pause();
      to.drainHandler(
          drained -> {
            full = false;
            read();
          });
    }
  }

  /** From now on nothing passes. */
  void hold() {
    waits = true;
  }

  /**
   * What is kept passes, and then what comes.
   *
   * @return whether something was kept
   */
  boolean release() {
    waits = false;
    Buffer bytes = kept;
    kept = null;
    if (bytes == null) {
      return false;
    }
    passed += bytes.length();
    pieces.add(bytes);
    return true;
  }

  /** Reads, unless there is no room for what would come. */
  void read() {
    if (!full && kept == null) {
      from.resume();
    }
  }

  /** Its source has ended: closes the other side when that has all. */
  void end() {
    pieces.flush();
    to.write(Buffer.buffer()).onComplete(flushed -> to.close());
  }

  /** Bytes so far. */
  long passed() {
    return passed;
  }
}
