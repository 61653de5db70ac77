package io.apfproxy.whole;

import io.apfproxy.fixtures.realcluster.RunningCommand;
import java.time.Duration;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A front that serves, and what its processes take. Closing it ends them. */
final class RunningFront implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofMinutes(2);
  private static final Duration POLL = Duration.ofMillis(20);

  private final @Nullable RunningCommand process;
  private final boolean isJava;
  private final int port;
  private final Duration toReady;

  private RunningFront(
      @Nullable RunningCommand process, boolean isJava, int port, Duration toReady) {
    this.process = process;
    this.isJava = isJava;
    this.port = port;
    this.toReady = toReady;
  }

  /** The upstream, whose process is nobody's front. */
  static RunningFront upstreamItself(int port) {
    return new RunningFront(null, false, port, Duration.ZERO);
  }

  /**
   * Starts a process and waits until it serves.
   *
   * @param isJava whether it can be asked for its heap
   * @throws IllegalStateException with what it wrote, if it ends or takes too long
   */
  static RunningFront start(ProcessBuilder command, boolean isJava, int port, Probe probe) {
    long start = System.nanoTime();
    RunningCommand process = RunningCommand.start(command);
    while (!probe.isServed()) {
      boolean late = System.nanoTime() - start > START_LIMIT.toNanos();
      if (late || !process.isAlive()) {
        process.close();
        throw new IllegalStateException(
            process
                + (late ? " does not serve\n" : " ended\n")
                + process.stdout()
                + process.stderr());
      }
      Clock.sleep(POLL);
    }
    return new RunningFront(process, isJava, port, Duration.ofNanos(System.nanoTime() - start));
  }

  /** Where clients connect, on loopback. */
  int port() {
    return port;
  }

  /** From its start until it was seen to serve; to 20 ms. */
  Duration toReady() {
    return toReady;
  }

  /** Whether there is a process to look at. */
  boolean isProcess() {
    return process != null;
  }

  /** CPU time of its processes so far, to 10 ms for each; 0 without one. */
  long cpuNanos() {
    return process == null ? 0 : ProcessUse.cpuNanos(process.pid());
  }

  /** Resident bytes of its processes now, shared pages counted for each; 0 without one. */
  long residentBytes() {
    return process == null ? 0 : ProcessUse.residentBytes(process.pid());
  }

  /** Bytes of its heap that are in use after a collection; empty if it is no JVM. */
  OptionalLong heapBytes() {
    // another program takes what a JVM is asked by, SIGQUIT, for the order to end
    return process != null && isJava ? JavaHeap.collected(process.pid()) : OptionalLong.empty();
  }

  @Override
  public void close() {
    if (process != null) {
      process.close();
    }
  }
}
