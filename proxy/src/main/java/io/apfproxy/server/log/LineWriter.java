package io.apfproxy.server.log;

import io.apfproxy.time.TimeSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes lines on a thread of its own, within some 50 ms. Nobody waits for it: what finds no room
 * in its queue, and what cannot be written, is dropped and counted. Thread-safe. Source:
 * specification seeing.md V-90; security.md S97.
 *
 * @param <E> what lines are made of, on that thread
 */
public final class LineWriter<E> implements AutoCloseable {
  /*
   * Each time that it is woken, and each time that it flushes, is a call of the kernel, for a single
   * line as for many. So it rests when it has written what there was, and what comes meanwhile waits
   * for it together: with 500 lines a second it is woken twenty times instead. What waits has room
   * for far more than comes in a rest.
   */
  private static final Logger LOG = LoggerFactory.getLogger(LineWriter.class);

  /** How many entries wait at most. */
  public static final int MOST_WAITING = 10_000;

  private static final int BATCH = 256;
  private static final long REST_MILLIS = 50;
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long MOMENT_NANOS = 1_000;
  private static final long COMPLAIN_NANOS = TimeUnit.MINUTES.toNanos(1);

  /** For what waits still when it is closed. */
  private static final long LAST_MILLIS = 2_000;

  private final EntryQueue<E> waiting = new EntryQueue<>(MOST_WAITING);
  private final LongAdder dropped = new LongAdder();
  private final String name;
  private final LineFormat<E> format;
  private final LineTarget file;
  private final TimeSource time;
  private final Rest rest;
  private final Thread thread;

  /** Whether the thread is to be woken; it looks once more after it has said so. */
  private volatile boolean sleeping;

  private long lookedAt;
  private long complainedAt;

  /** What the thread does between two batches, while little comes. */
  interface Rest {
    void take() throws InterruptedException;
  }

  private LineWriter(
      String name, LineTarget file, LineFormat<E> format, TimeSource time, Rest rest) {
    this.rest = rest;
    this.name = name;
    this.format = format;
    this.file = file;
    this.time = time;
    this.lookedAt = time.nanoTime();
    this.complainedAt = lookedAt - COMPLAIN_NANOS;
    this.thread = new Thread(this::writeAll, name);
    thread.setDaemon(true);
  }

  /**
   * Starts to write.
   *
   * @param name of the thread
   * @param path {@code -} for standard output
   * @param format from now on the thread's alone
   */
  static <E> LineWriter<E> start(String name, Path path, LineFormat<E> format, TimeSource time) {
    return start(name, new LineFile(path), format, time);
  }

  /**
   * Starts to write.
   *
   * @param name of the thread
   * @param file from now on the thread's alone
   * @param format from now on the thread's alone
   */
  static <E> LineWriter<E> start(
      String name, LineTarget file, LineFormat<E> format, TimeSource time) {
    return start(name, file, format, time, () -> Thread.sleep(REST_MILLIS));
  }

  static <E> LineWriter<E> start(
      String name, LineTarget file, LineFormat<E> format, TimeSource time, Rest rest) {
    LineWriter<E> writer = new LineWriter<>(name, file, format, time, rest);
    writer.thread.start();
    return writer;
  }

  /** Never blocks. */
  public void write(E entry) {
    if (!waiting.add(entry)) {
      dropped.increment();
    } else if (sleeping) {
      wake();
    }
  }

  private void wake() {
    sleeping = false; // not by each of those that come until it is awake
    LockSupport.unpark(thread);
  }

  /** One that is not even to wait, as it would take too much room. */
  void drop() {
    dropped.increment();
  }

  /** How many entries wait to be written. */
  public int waiting() {
    return waiting.size();
  }

  /** How many entries were not written, since the start. */
  public long dropped() {
    return dropped.sum();
  }

  private void writeAll() {
    List<E> batch = new ArrayList<>(BATCH);
    try {
      while (!waiting.isClosed() || waiting.size() > 0) {
        if (Thread.interrupted()) {
          throw new InterruptedException(); // it is closed, and was given its time
        }
        look();
        waiting.take(batch, BATCH);
        if (batch.isEmpty()) {
          sleep();
          continue;
        }
        write(batch);
        boolean all = batch.size() < BATCH;
        batch.clear();
        if (all && !waiting.isClosed()) {
          rest.take();
        }
      }
    } catch (InterruptedException e) {
      dropped.add(waiting.size());
    } finally {
      file.closeQuietly();
    }
  }

  /** Until something comes, or it is time to look after the file. */
  private void sleep() {
    sleeping = true;
    boolean isAny =
        waiting.size() > 0 || waiting.isClosed(); // one has just come, or is being added
    LockSupport.parkNanos(this, isAny ? MOMENT_NANOS : LOOK_NANOS);
    sleeping = false;
  }

  private void look() {
    long now = time.nanoTime();
    if (now - lookedAt >= LOOK_NANOS) {
      lookedAt = now;
      file.look();
    }
  }

  private void write(List<E> batch) {
    try {
      for (E entry : batch) {
        LineBuffer line = line(entry);
        if (line == null) {
          dropped.increment();
        } else {
          file.write(line);
        }
      }
      file.flush();
    } catch (IOException e) {
      dropped.add(batch.size()); // of these, some may be there
      file.closeQuietly();
      complain(e);
    }
  }

  /** Null if it cannot be made: the next ones are written all the same. */
  private @Nullable LineBuffer line(E entry) {
    try {
      return format.of(entry);
    } catch (RuntimeException | IOException e) {
      complain(e);
      return null;
    }
  }

  private void complain(Exception cause) {
    long now = time.nanoTime();
    if (now - complainedAt >= COMPLAIN_NANOS) {
      complainedAt = now;
      LOG.warn("{} cannot be written: {}; {} lines dropped so far", name, cause, dropped());
    }
  }

  /** Writes what waits, for two seconds at most. Blocks meanwhile. */
  @Override
  public void close() {
    waiting.close();
    wake();
    try {
      thread.join(LAST_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (thread.isAlive()) {
      thread.interrupt(); // a pipe that nobody reads does not heed it; the thread is a daemon
    }
  }
}
