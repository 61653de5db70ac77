package io.apfproxy.report.talkers;

import io.apfproxy.flowcontrol.Classification;
import io.apfproxy.request.RequestInfo;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What one event loop tells of its requests until somebody reads it. One thread writes, another one
 * reads; when it is full, what is written is lost, and counted. Source: specification seeing.md
 * V-15.
 */
final class TalkerRing {
  /*
   * Slots are runs of two arrays, so that nothing is allocated and a record lies in two or three
   * cache lines. The writer asks how far the reader has come only when the ring looks full to it.
   */
  static final int SLOTS = 4096;

  /** Somebody is told each time that so many more were written. */
  static final int QUARTER = SLOTS / 4;

  private static final int REFERENCES = 6;
  private static final int NUMBERS = 4;
  private static final int WOULD = 1 << 30; // beside the number of requests

  private static final VarHandle WRITTEN = handle("written");
  private static final VarHandle READ = handle("read");
  private static final VarHandle LOST = handle("lost");

  private final @Nullable Object[] references = new Object[SLOTS * REFERENCES];
  private final long[] numbers = new long[SLOTS * NUMBERS];

  private final Runnable filling;

  // Each is changed by one thread only.
  private long written;
  private long read;
  private long lost;
  private long readAsKnown; // to the writer

  /**
   * @param filling run by the writing thread when a quarter of it was written
   */
  TalkerRing(Runnable filling) {
    this.filling = filling;
  }

  private static VarHandle handle(String name) {
    try {
      return MethodHandles.lookup().findVarHandle(TalkerRing.class, name, long.class);
    } catch (ReflectiveOperationException impossible) {
      throw new ExceptionInInitializerError(impossible);
    }
  }

  /** Writes a record, which is copied; by the writing thread. */
  void write(TalkerRecord record) {
    long at = written;
    if (at - readAsKnown == SLOTS) {
      readAsKnown = (long) READ.getAcquire(this);
      if (at - readAsKnown == SLOTS) {
        LOST.setOpaque(this, lost + 1);
        return;
      }
    }
    int slot = (int) at & (SLOTS - 1);
    int reference = slot * REFERENCES;
    references[reference] = record.user;
    references[reference + 1] = record.info;
    references[reference + 2] = record.agent;
    references[reference + 3] = record.address;
    references[reference + 4] = record.place;
    references[reference + 5] = record.rule;
    int number = slot * NUMBERS;
    numbers[number] = record.requests | (record.would ? WOULD : 0);
    numbers[number + 1] = record.waitNanos;
    numbers[number + 2] = record.seatNanos;
    numbers[number + 3] = record.bytes;
    WRITTEN.setRelease(this, at + 1);
    if ((at & (QUARTER - 1)) == QUARTER - 1) {
      filling.run();
    }
  }

  /**
   * Reads the oldest record, and forgets it; by the reading thread.
   *
   * @return whether there is one
   */
  boolean read(TalkerRecord into) {
    long at = read;
    if (at == (long) WRITTEN.getAcquire(this)) {
      return false;
    }
    int slot = (int) at & (SLOTS - 1);
    int reference = slot * REFERENCES;
    into.user = (String) references[reference];
    into.info = (RequestInfo) references[reference + 1];
    into.agent = text(references[reference + 2]);
    into.address = text(references[reference + 3]);
    Object place = references[reference + 4];
    into.place = place == null ? Classification.NONE : (Classification) place;
    into.rule = (String) references[reference + 5];
    Arrays.fill(references, reference, reference + REFERENCES, null);
    int number = slot * NUMBERS;
    into.requests = (int) numbers[number] & ~WOULD;
    into.would = (numbers[number] & WOULD) != 0;
    into.waitNanos = numbers[number + 1];
    into.seatNanos = numbers[number + 2];
    into.bytes = numbers[number + 3];
    READ.setRelease(this, at + 1);
    return true;
  }

  private static String text(@Nullable Object reference) {
    return reference == null ? "" : (String) reference;
  }

  /** Records that found no room. Any thread. */
  long lost() {
    return (long) LOST.getOpaque(this);
  }
}
