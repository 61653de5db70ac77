package io.apfproxy.upstream.wire;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Small pieces that come in one turn of an event loop, and go on together. Belongs to that event
 * loop. Source: specification security.md 12.
 */
public final class Pieces {
  /*
   * What is read at a time may hold a body of thousands of chunks, frames or records of a byte. Each
   * that goes on by itself costs a frame, a flush and a record of TLS. A record's worth goes on at once.
   */
  static final int ENOUGH = 16_000;

  private final Executor laterTurn;
  private final Consumer<Buffer> next;
  private @Nullable Buffer gathered;
  private boolean isCopy;
  private boolean isDue;

  /**
   * @param laterTurn runs a step on the event loop when all is read that comes in this turn
   * @param next takes them
   */
  Pieces(Executor laterTurn, Consumer<Buffer> next) {
    this.laterTurn = laterTurn;
    this.next = next;
  }

  /** Of a request with this context. */
  public static Pieces of(Context context, Consumer<Buffer> next) {
    return new Pieces(step -> context.runOnContext(allRead -> step.run()), next);
  }

  public void add(Buffer piece) {
    Buffer all = with(piece);
    gathered = all;
    if (all.length() >= ENOUGH) {
      flush();
    } else if (!isDue) {
      isDue = true;
      laterTurn.execute(
          () -> {
            isDue = false;
            flush();
          });
    }
  }

  private Buffer with(Buffer piece) {
    Buffer before = gathered;
    if (before == null) {
      isCopy = false;
      return piece;
    }
    if (isCopy) {
      return before.appendBuffer(piece);
    }
    isCopy = true;
    return Buffer.buffer(2 * before.length()).appendBuffer(before).appendBuffer(piece);
  }

  /** What has come goes on now. */
  public void flush() {
    Buffer all = gathered;
    gathered = null;
    if (all != null) {
      next.accept(all);
    }
  }

  /** What has come goes nowhere. */
  public void drop() {
    gathered = null;
  }
}
