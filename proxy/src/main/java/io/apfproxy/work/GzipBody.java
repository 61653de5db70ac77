package io.apfproxy.work;

import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Decompresses one gzip member on its way to another sink. Not thread-safe; must be closed. */
final class GzipBody implements BodySink, AutoCloseable {
  /*
   * java.util.zip.GZIPInputStream pulls, we are pushed. The header is walked by hand, the trailer ignored: a wrong checksum is
   * the client's to find. Lists compress about tenfold; what expands beyond MOST_EXPANSION is not worth its CPU time.
   */
  private static final int MOST_EXPANSION = 200;
  private static final long FREE_EXPANSION = 1 << 20;
  private static final int FIXED_HEADER = 10;
  private static final int FLAG_CRC = 2;
  private static final int FLAG_EXTRA = 4;
  private static final int FLAG_NAME = 8;
  private static final int FLAG_COMMENT = 16;

  private final BodySink sink;
  private final Inflater inflater = new Inflater(true);
  private final byte[] output = new byte[8192];
  private Part part = Part.FIXED;
  private int flags;
  private int index;
  private int extraLength;
  private boolean failed;

  /** Parts of the member before the compressed data. */
  private enum Part {
    FIXED,
    EXTRA_LENGTH,
    EXTRA,
    NAME,
    COMMENT,
    CRC,
    DATA
  }

  GzipBody(BodySink sink) {
    this.sink = sink;
  }

  @Override
  public void accept(byte[] bytes, int offset, int length) {
    int position = offset;
    int end = offset + length;
    while (part != Part.DATA && position < end && !failed) {
      header(bytes[position++] & 0xff);
    }
    if (position < end && !isDone()) {
      inflate(bytes, position, end - position);
    }
  }

  @Override
  public boolean isDone() {
    return failed || sink.isDone();
  }

  /** Whether the compressed data ended where it says it does. */
  boolean isComplete() {
    return !failed && inflater.finished();
  }

  @Override
  public void close() {
    failed = true;
    inflater.end();
  }

  private void header(int octet) {
    switch (part) {
      case FIXED -> fixed(octet);
      case EXTRA_LENGTH -> {
        extraLength |= octet << (8 * index++);
        if (index == 2) {
          enter(extraLength == 0 ? next(Part.EXTRA) : Part.EXTRA);
        }
      }
      case EXTRA -> {
        if (++index == extraLength) {
          enter(next(Part.EXTRA));
        }
      }
      case NAME, COMMENT -> {
        if (octet == 0) {
          enter(next(part));
        }
      }
      case CRC -> {
        if (++index == 2) {
          enter(Part.DATA);
        }
      }
      case DATA -> throw new IllegalStateException();
    }
  }

  private void fixed(int octet) {
    switch (index++) {
      case 0 -> failed = octet != 0x1f;
      case 1 -> failed = octet != 0x8b;
      case 2 -> failed = octet != 8;
      case 3 -> flags = octet;
      case FIXED_HEADER - 1 -> enter(next(Part.FIXED));
      default -> {}
    }
  }

  private void enter(Part next) {
    part = next;
    index = 0;
  }

  private Part next(Part after) {
    if (after.compareTo(Part.EXTRA_LENGTH) < 0 && has(FLAG_EXTRA)) {
      return Part.EXTRA_LENGTH;
    }
    if (after.compareTo(Part.NAME) < 0 && has(FLAG_NAME)) {
      return Part.NAME;
    }
    if (after.compareTo(Part.COMMENT) < 0 && has(FLAG_COMMENT)) {
      return Part.COMMENT;
    }
    return has(FLAG_CRC) ? Part.CRC : Part.DATA;
  }

  private boolean has(int flag) {
    return (flags & flag) != 0;
  }

  private void inflate(byte[] bytes, int offset, int length) {
    inflater.setInput(bytes, offset, length);
    try {
      while (!sink.isDone() && !inflater.finished()) {
        int inflated = inflater.inflate(output);
        if (inflated == 0) {
          failed |= inflater.needsDictionary();
          return;
        }
        sink.accept(output, 0, inflated);
        if (inflater.getBytesWritten()
            > FREE_EXPANSION + MOST_EXPANSION * inflater.getBytesRead()) {
          failed = true;
          return;
        }
      }
    } catch (DataFormatException e) {
      failed = true;
    }
  }
}
