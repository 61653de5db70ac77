package io.apfproxy.replay.audit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * All entries in order, however many. What does not fit into the heap lies in temporary files,
 * until it is closed. Not thread-safe while it grows; afterwards each cursor may be read by another
 * thread.
 */
final class SortedLog implements AutoCloseable {
  private static final long NANOS_PER_MICRO = 1_000;

  private final Path folder;
  private final long runBytes;
  private final List<Path> spilled = new ArrayList<>();
  private Run run = new Run();
  private long first = Long.MAX_VALUE;
  private long last = Long.MIN_VALUE;
  private long lastNanos;
  private long size;

  /**
   * @param folder for temporary files
   * @param runBytes of entries that are sorted at a time; sorting takes as much again
   */
  SortedLog(Path folder, long runBytes) {
    this.folder = folder;
    this.runBytes = runBytes;
  }

  void add(Entry entry) throws IOException {
    if (run.size() > 0 && run.bytes() + (long) entry.size() > runBytes) {
      spill();
    }
    run.add(entry);
    first = Math.min(first, entry.arrival);
    if (entry.arrival > last) {
      last = entry.arrival;
      lastNanos = 0;
    }
    if (entry.arrival == last) {
      lastNanos = Math.max(lastNanos, entry.nanos());
    }
    size++;
  }

  private void spill() throws IOException {
    run.sort();
    Path file = Files.createTempFile(folder, "apf-proxy-replay-", ".run");
    spilled.add(file);
    run.spill(file);
    run = new Run();
  }

  /** To be called once, after the last entry. */
  void end() {
    run.sort();
  }

  /** When the first of all arrives, in microseconds since 1970. */
  long first() {
    return first;
  }

  /** When the last of all arrives, in microseconds since 1970. */
  long last() {
    return last;
  }

  /** From {@link #first} to when the last arrives, in nanoseconds. */
  long span() {
    return (last - first) * NANOS_PER_MICRO + lastNanos;
  }

  long size() {
    return size;
  }

  /** Files that were written. */
  int spills() {
    return spilled.size();
  }

  /** All entries in order; of those with equal keys, as they were read. */
  Cursor cursor() throws IOException {
    List<Cursor> all = new ArrayList<>();
    for (Path file : spilled) {
      all.add(Run.spilled(file));
    }
    all.add(run.cursor());
    return new MergedCursor(all);
  }

  @Override
  public void close() throws IOException {
    for (Path file : spilled) {
      Files.deleteIfExists(file);
    }
  }
}
