package io.apfproxy.learn;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.compression.DecompressionException;
import io.netty.handler.codec.compression.Decompressor;
import io.netty.handler.codec.compression.JdkZlibDecompressor;
import io.netty.handler.codec.compression.ZlibWrapper;
import java.util.ArrayDeque;

/** Inflates one gzip member on its way to another sink. Not thread-safe; must be closed. */
final class GzipBody implements BodySink, AutoCloseable {
  /*
   * A few bytes may stand for a thousand times as many, and who wrote the objects of a list chose how many: so one turn does a
   * bounded piece of work, and what is left over waits. Lists compress about tenfold; what expands beyond MOST_EXPANSION is not
   * worth its CPU time. The input goes in by small pieces, as no more is known of it than that it was taken.
   */
  static final int TURN = 128 << 10;
  private static final int MOST_EXPANSION = 200;
  private static final long FREE_EXPANSION = 1 << 20;
  private static final int INPUT = 4096;
  private static final int OUTPUT = 16 << 10;

  private final BodySink sink;
  private final Backlog backlog;
  private final Decompressor gzip =
      JdkZlibDecompressor.builder()
          .wrapper(ZlibWrapper.GZIP)
          .maxAllocation(OUTPUT)
          .build(ByteBufAllocator.DEFAULT);
  private final ArrayDeque<ByteBuf> behind = new ArrayDeque<>();
  private int bytesBehind;
  private boolean hasMore;
  private long taken;
  private long inflated;
  private boolean complete;
  private boolean failed;

  GzipBody(BodySink sink, Backlog backlog) {
    this.sink = sink;
    this.backlog = backlog;
  }

  /** Keeps the array until it is read. */
  @Override
  public void accept(byte[] bytes, int offset, int length) {
    if (isDone() || complete) {
      return;
    }
    if (!backlog.take(bytesBehind, length)) {
      close();
      return;
    }
    bytesBehind += length;
    behind.add(Unpooled.wrappedBuffer(bytes, offset, length));
    goOn();
  }

  @Override
  public boolean isDone() {
    return failed || sink.isDone();
  }

  /** Whether there is work left for {@link #goOn}. */
  boolean isBehind() {
    return hasMore && !isDone();
  }

  /** Whether the body ended where it says it does. */
  boolean isComplete() {
    return !failed && complete;
  }

  /** Does the work of one turn. */
  void goOn() {
    long end = taken + inflated + TURN;
    try {
      do {
        hasMore = !isDone() && step();
      } while (hasMore && taken + inflated < end);
    } catch (DecompressionException e) {
      failed = true;
    }
    if (isDone()) {
      close();
    }
  }

  /** Whether there was anything to do. */
  private boolean step() {
    return switch (gzip.status()) {
      case NEED_INPUT -> feed();
      case NEED_OUTPUT -> {
        drain();
        yield true;
      }
      case COMPLETE -> {
        complete = true;
        forget();
        yield false;
      }
    };
  }

  private boolean feed() {
    ByteBuf next = behind.peek();
    if (next == null) {
      return false;
    }
    int length = Math.min(INPUT, next.readableBytes());
    gzip.addInput(next.readRetainedSlice(length));
    taken += length;
    bytesBehind -= length;
    backlog.giveBack(length);
    if (!next.isReadable()) {
      behind.remove().release();
    }
    return true;
  }

  private void drain() {
    ByteBuf output = gzip.takeOutput();
    try {
      int length = output.readableBytes();
      inflated += length;
      sink.accept(output.array(), output.arrayOffset() + output.readerIndex(), length);
    } finally {
      output.release();
    }
    failed |= inflated > FREE_EXPANSION + MOST_EXPANSION * taken;
  }

  private void forget() {
    behind.forEach(ByteBuf::release);
    behind.clear();
    backlog.giveBack(bytesBehind);
    bytesBehind = 0;
  }

  /** Harmless when repeated. */
  @Override
  public void close() {
    failed = true;
    hasMore = false;
    forget();
    gzip.close();
  }
}
