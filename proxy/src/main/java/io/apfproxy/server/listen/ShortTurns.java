package io.apfproxy.server.listen;

import io.apfproxy.time.TimeSource;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;

/**
 * Has each socket read from once, before the next one has its turn, and no more than is done in
 * about {@value TurnLength#TURN_MICROS} µs: 64 KiB of a large body, less of bytes that give more
 * work. Shared; each connection has a handle of its own, which belongs to its event loop. Source:
 * specification security.md 12.
 */
final class ShortTurns implements RecvByteBufAllocator {
  /*
   * Netty reads a socket up to sixteen times in a row. A megabyte is some 5 ms of decryption and
   * encryption; with a few large lists on the way each small answer waited for as many of those.
   */
  private static final int READS_PER_TURN = 1;

  private final RecvByteBufAllocator sizes = reads();
  private final TimeSource time;

  ShortTurns(TimeSource time) {
    this.time = time;
  }

  /** Reads once in a turn, 64 KiB at most, whatever work that gives. */
  static RecvByteBufAllocator reads() {
    return new AdaptiveRecvByteBufAllocator().maxMessagesPerRead(READS_PER_TURN);
  }

  @Override
  @SuppressWarnings("deprecation") // the interface has no other
  public Handle newHandle() {
    return new Turn((ExtendedHandle) sizes.newHandle(), time);
  }

  /** Netty calls readComplete() when all that was read has been through the pipeline. */
  private static final class Turn extends DelegatingHandle implements ExtendedHandle {
    private final ExtendedHandle sizes;
    private final TimeSource time;
    private final TurnLength length = new TurnLength();
    private long began;
    private int bytes;

    Turn(ExtendedHandle sizes, TimeSource time) {
      super(sizes);
      this.sizes = sizes;
      this.time = time;
    }

    @Override
    public void reset(ChannelConfig config) {
      super.reset(config);
      bytes = 0;
      began = time.nanoTime();
    }

    @Override
    public int guess() {
      return Math.min(super.guess(), length.bytes());
    }

    @Override
    public ByteBuf allocate(ByteBufAllocator allocator) {
      return allocator.ioBuffer(guess());
    }

    @Override
    public void lastBytesRead(int read) {
      super.lastBytesRead(read);
      bytes += Math.max(0, read);
    }

    @Override
    public boolean continueReading(UncheckedBooleanSupplier maybeMore) {
      return sizes.continueReading(maybeMore);
    }

    @Override
    public void readComplete() {
      super.readComplete();
      length.took(bytes, time.nanoTime() - began);
    }
  }
}
