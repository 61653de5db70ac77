package io.apfproxy.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.child.ChildProxy;
import io.apfproxy.fixtures.realcluster.CommandResult;
import io.apfproxy.fixtures.realcluster.RunningCommand;
import io.apfproxy.replay.audit.GeneratedLog;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A log that is far larger than the heap is replayed within {@code --memory} and 256 MiB, and takes
 * little room elsewhere.
 *
 * <p>{@code -Dapf.replay.lines=20000000 -Dapf.replay.memory=512} is the long run, of 18 GB.
 */
@Tag("V-50")
class ReplayMemoryIT {
  private static final int LINES = Integer.getInteger("apf.replay.lines", 1_000_000);
  private static final int MEBIBYTES = Integer.getInteger("apf.replay.memory", 48);
  private static final int BESIDES = 256;
  private static final int LEAST_SPILLS = 4;
  private static final double MOST_SPILLED = 0.15;
  private static final int AT_A_TIME = 1_000;
  private static final Duration LIMIT = Duration.ofMinutes(30);

  @TempDir private Path folder;

  @Test
  void takesNoMoreOfTheHeapThanItMay() throws Exception {
    List<String> command =
        ChildProxy.java(
            "-Xmx" + (MEBIBYTES + BESIDES) + "m",
            "-jar",
            ChildProxy.jar(),
            "replay",
            "-",
            "--memory=" + MEBIBYTES + "MiB",
            "--temp=" + folder);
    try (RunningCommand replay = RunningCommand.start(new ProcessBuilder(command))) {
      long bytes = feed(replay);
      List<Path> spills = files();
      long spilled = 0;
      for (Path file : spills) {
        spilled += Files.size(file);
      }
      replay.closeStdin();
      CommandResult result = replay.await(LIMIT);

      System.out.printf(
          "replay: %d lines, %d MiB, in %d MiB of heap; %d spills of %d MiB, %.1f%%%n",
          LINES,
          bytes >> 20,
          MEBIBYTES + BESIDES,
          spills.size(),
          spilled >> 20,
          100.0 * spilled / bytes);
      assertThat(result.exitCode()).as(result.stderr()).isZero();
      assertThat(result.stdout())
          .contains("\nevents read " + LINES + ", simulated " + LINES + "\n");
      assertThat(spills).hasSizeGreaterThanOrEqualTo(LEAST_SPILLS);
      assertThat(spilled / (double) bytes).isLessThanOrEqualTo(MOST_SPILLED);
      assertThat(files()).as("left behind").isEmpty();
    }
  }

  /** Returns when all but what a pipe holds has been read. */
  private static long feed(RunningCommand replay) {
    GeneratedLog log = new GeneratedLog();
    StringBuilder text = new StringBuilder();
    long bytes = 0;
    for (int i = 1; i <= LINES; i++) {
      log.next(text);
      if (i % AT_A_TIME == 0 || i == LINES) {
        byte[] some = text.toString().getBytes(StandardCharsets.US_ASCII);
        replay.write(some);
        bytes += some.length;
        text.setLength(0);
      }
    }
    return bytes;
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.toList();
    }
  }
}
