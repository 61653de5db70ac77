package io.apfproxy.bench;

import com.sun.management.ThreadMXBean;
import io.apfproxy.recorded.Naming;
import io.apfproxy.report.Account;
import io.apfproxy.server.log.Recording;
import io.apfproxy.time.TimeSource;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What {@code --record} costs a request: {@code kept} is its event loop's part, {@code written}
 * that and the part of the thread that writes. Specification seeing.md V-56, V-90: at most 1 µs and
 * 200 B on the event loop; those bytes are printed at the end, JMH's are of both threads.
 */
public class RecordBench extends TimedBench {
  /** There is room for them: none is lost. */
  private static final int BATCH = 5_000;

  private static final int KEYS = 1_000;
  private static final int FILES = 2;
  private static final long FILE_BYTES = 16 << 20;

  private final Account[] accounts = EndedRequests.of(KEYS);
  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private long kept;
  private long bytes;
  private Path folder;
  private Recording recording;

  /** Prepares. */
  @Setup
  public void open() throws IOException {
    folder = Files.createTempDirectory("record-bench-");
    recording =
        Recording.open(
            new Recording.Place(folder, "bench", FILE_BYTES, FILES),
            Naming.PLAIN,
            TimeSource.system());
  }

  /** What was kept before has been written. Not measured. */
  @Setup(Level.Invocation)
  public void drain() {
    while (recording.waiting() > 0) {
      Thread.onSpinWait();
    }
  }

  /** Removes the files; fails if a request was lost. */
  @TearDown
  public void close() throws IOException {
    recording.close();
    System.out.printf("RecordBench: %.1f B a request on the event loop%n", (double) bytes / kept);
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
    if (recording.dropped() > 0) {
      throw new IllegalStateException(recording.dropped() + " were lost");
    }
  }

  private void keep() {
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < BATCH; i++) {
      recording.ended(accounts[i % KEYS]);
    }
    bytes += threads.getCurrentThreadAllocatedBytes() - before;
    kept += BATCH;
  }

  /** On the event loop. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void kept() {
    keep();
  }

  /** On the event loop and on the thread that writes. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void written() {
    keep();
    drain();
  }
}
