package io.apfproxy.bench;

import io.apfproxy.cli.StartException;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.replay.Witness;
import io.apfproxy.replay.audit.GeneratedLog;
import io.apfproxy.replay.audit.LogReplay;
import io.apfproxy.replay.audit.LogWindow;
import io.apfproxy.replay.figures.Report;
import io.apfproxy.request.RequestTimeout;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * How many lines of an audit log are read and sorted a second, and how many of its requests are
 * simulated, by one configuration, the built-in objects. Specification seeing.md V-60.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class ReplayBench extends TimedBench {
  private static final int LINES = 20_000;
  private static final int SEATS = 600;
  private static final long MEMORY = 64 << 20;
  private static final FlowControlConfiguration BUILT_IN = FlowControlConfiguration.builtIn();

  private Path folder;
  private Path file;
  private LogReplay log;

  /** Writes the log. */
  @Setup
  public void write() throws IOException, StartException {
    folder = Files.createTempDirectory("replay-bench-");
    file = folder.resolve("audit.log");
    GeneratedLog lines = new GeneratedLog();
    try (BufferedWriter writer = Files.newBufferedWriter(file)) {
      for (int i = 0; i < LINES; i++) {
        StringBuilder line = new StringBuilder();
        lines.next(line);
        writer.append(line);
      }
    }
    log = open();
  }

  /** Removes it; all of it was simulated. */
  @TearDown
  public void remove() throws IOException {
    Report last = simulated();
    log.close();
    Files.delete(file);
    Files.delete(folder);
    if (last.after().requests() != LINES) {
      throw new IllegalStateException("simulated " + last.after().requests() + " of " + LINES);
    }
  }

  private LogReplay open() throws StartException {
    return LogReplay.read(
        new LogReplay.Question(
            List.of(file.toString()),
            LogWindow.ALL,
            null,
            SEATS,
            BUILT_IN,
            SEATS,
            new RequestTimeout(Duration.ofMinutes(1)),
            0,
            0L,
            new TreeMap<>(),
            null,
            MEMORY,
            folder,
            20));
  }

  /** Lines: from the file to requests in the order in which they came. */
  @Benchmark
  @OperationsPerInvocation(LINES)
  public LogReplay read() throws IOException, StartException {
    try (LogReplay read = open()) {
      return read;
    }
  }

  /** Requests: from their arrival to their end, and to the report. */
  @Benchmark
  @OperationsPerInvocation(LINES)
  public Report simulated() {
    return log.compare(null, BUILT_IN, SEATS, Witness.NONE, Witness.NONE);
  }
}
