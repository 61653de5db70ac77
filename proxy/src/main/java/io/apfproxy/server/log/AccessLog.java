package io.apfproxy.server.log;

import io.apfproxy.report.Account;
import io.apfproxy.report.Reporter;
import io.apfproxy.request.EvenHash;
import io.apfproxy.time.TimeSource;
import java.nio.file.Path;

/**
 * Tells of the requests that have ended, one line of JSON each: all of them or a part, and always
 * those that were refused, cut off, failed or took long. Thread-safe. Source: specification
 * seeing.md V-90 to V-92.
 */
public final class AccessLog implements Reporter, AutoCloseable {
  private static final int SERVER_FAULT = 500;
  private static final double ALL = 1L << 32;

  private final LineWriter<AccessEntry> writer;
  private final TimeSource time;
  private final long below;
  private final long slowNanos;

  private AccessLog(
      LineWriter<AccessEntry> writer, TimeSource time, double sample, long slowNanos) {
    this.writer = writer;
    this.time = time;
    this.below = (long) (sample * ALL);
    this.slowNanos = slowNanos;
  }

  /**
   * Starts to write.
   *
   * @param path {@code -} for standard output
   * @param sample part of the requests, 0 to 1
   * @param slowNanos what takes longer is always told
   */
  public static AccessLog open(Path path, double sample, long slowNanos, TimeSource time) {
    AccessLine line = new AccessLine(sample);
    return new AccessLog(LineWriter.start("access log", path, line, time), time, sample, slowNanos);
  }

  @Override
  public void ended(Account account) {
    if (isChosen(account)) {
      writer.write(AccessEntry.of(account, time.epochMillis()));
    }
  }

  private boolean isChosen(Account account) {
    return account.end() == Account.End.REFUSED
        || account.code() >= SERVER_FAULT
        || account.endedAt() - account.arrived() >= slowNanos
        || EvenHash.of(account.auditId()) < below // so that all replicas choose the same
        || AccessEntry.isAborted(account, account.info());
  }

  /** How many lines were not written, since the start. */
  public long dropped() {
    return writer.dropped();
  }

  /** How many requests wait for their lines, {@link LineWriter#MOST_WAITING} at most. */
  public int waiting() {
    return writer.waiting();
  }

  /** Writes what waits, for two seconds at most. Blocks meanwhile. */
  @Override
  public void close() {
    writer.close();
  }
}
