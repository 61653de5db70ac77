package io.apfproxy.server.listen;

import com.sun.management.UnixOperatingSystemMXBean;
import io.apfproxy.time.TimeSource;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Whether so many of the process' file descriptors are in use that clients must not take more: the
 * rest is for the upstream, DNS, files and operators. Thread-safe. Source: specification
 * security.md 12, S91.
 */
public final class FileDescriptors {
  /*
   * Counting them is reading a directory with one entry for each. So it is done once a second at most
   * while connections arrive, outside of any lock, and in between each of those is counted as one more;
   * before that sum is believed it is checked.
   */
  private static final int PERCENT = 80;
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final LongSupplier open;
  private final long most;
  private final TimeSource time;
  private final AtomicLong known = new AtomicLong();
  private final AtomicBoolean looking = new AtomicBoolean();
  private volatile long lookedAt;

  /**
   * @param open how many are in use
   * @param limit how many there may be
   */
  FileDescriptors(LongSupplier open, long limit, TimeSource time) {
    this.open = open;
    this.most = limit / 100 * PERCENT + limit % 100 * PERCENT / 100;
    this.time = time;
    look(time.nanoTime());
  }

  /** This process' own; unlimited where the system does not tell. */
  public static FileDescriptors ofProcess(TimeSource time) {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
        ? new FileDescriptors(
            system::getOpenFileDescriptorCount, system.getMaxFileDescriptorCount(), time)
        : unlimited(time);
  }

  /** Never scarce. */
  public static FileDescriptors unlimited(TimeSource time) {
    return new FileDescriptors(() -> 0, Long.MAX_VALUE, time);
  }

  private void look(long now) {
    known.set(open.getAsLong());
    lookedAt = now;
  }

  /** Looks if it is time to. May take some milliseconds: call it without a lock. */
  void renew() {
    long now = time.nanoTime();
    long age = now - lookedAt;
    boolean due = age >= LOOK_NANOS || (age >= LOOK_AGAIN_NANOS && scarce());
    if (due && looking.compareAndSet(false, true)) {
      try {
        look(now);
      } finally {
        looking.set(false);
      }
    }
  }

  /** A connection took one. */
  void taken() {
    known.incrementAndGet();
  }

  boolean scarce() {
    return known() >= most;
  }

  /** In use, as far as is known. */
  long known() {
    return known.get();
  }

  /** From so many on they are scarce. */
  long most() {
    return most;
  }
}
