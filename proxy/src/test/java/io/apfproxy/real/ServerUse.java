package io.apfproxy.real;

import io.apfproxy.fixtures.realcluster.ControlPlane;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * What a kube-apiserver takes at most, of processors within a second and of memory, from the start
 * of this until it is closed. Linux only. Thread-safe.
 */
final class ServerUse implements AutoCloseable {
  private static final String PROGRAM = "kube-apiserver";
  private static final long LOOK_MILLIS = 100;
  private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final double TICKS_A_SECOND = 100;

  /** Fields of {@code /proc/PID/stat} after the name, in which blanks may be. */
  private static final int USER_TICKS = 11;

  private static final int SYSTEM_TICKS = 12;

  private final ControlPlane cluster;
  private final Thread thread = new Thread(this::look, "server-use");
  private volatile long residentBytes;
  private volatile double cores;
  private volatile boolean over;

  ServerUse(ControlPlane cluster) {
    this.cluster = cluster;
    thread.setDaemon(true);
    thread.start();
  }

  /** Most bytes that were resident. */
  long residentBytes() {
    return residentBytes;
  }

  /** Most processors in use, on the average of a second. */
  double cores() {
    return cores;
  }

  /** What it has taken of processors since it started. */
  static double cpuSeconds(ControlPlane cluster) {
    return cpuSeconds(cluster.pid(PROGRAM));
  }

  /** What a process has taken of them since it started. */
  static double cpuSeconds(long pid) {
    String stat = read(pid, "stat");
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(fields[USER_TICKS]) + Long.parseLong(fields[SYSTEM_TICKS]))
        / TICKS_A_SECOND;
  }

  private void look() {
    long pid = -1;
    long since = 0;
    double before = 0;
    while (!over) {
      try {
        long now = System.nanoTime();
        long is = cluster.pid(PROGRAM);
        double seconds = cpuSeconds(is);
        residentBytes = Math.max(residentBytes, residentBytes(is));
        if (is != pid) {
          pid = is;
          since = now;
          before = seconds;
        } else if (now - since >= WINDOW_NANOS) {
          cores = Math.max(cores, (seconds - before) * WINDOW_NANOS / (now - since));
          since = now;
          before = seconds;
        }
      } catch (UncheckedIOException | NumberFormatException e) {
        // is not there just now
      }
      try {
        Thread.sleep(LOOK_MILLIS);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private static long residentBytes(long pid) {
    return read(pid, "status")
        .lines()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
        .findFirst()
        .orElse(0);
  }

  private static String read(long pid, String file) {
    try {
      return Files.readString(Path.of("/proc", String.valueOf(pid), file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    over = true;
    thread.interrupt();
  }
}
