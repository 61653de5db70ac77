package io.apfproxy.server.log;

import io.apfproxy.recorded.Naming;
import io.apfproxy.report.Account;
import io.apfproxy.report.Reporter;
import io.apfproxy.request.RequestInfo;
import io.apfproxy.time.TimeSource;
import java.nio.file.Path;

/**
 * Records requests for a replay, as lines of an audit log: each at its end, a watch also when it
 * has sent what it begins with. Not an audit trail: what finds no room is lost and counted, and
 * nobody waits. What could not be read as a request is not there, nor is the operators' listener.
 * Thread-safe. Source: specification seeing.md V-56, V-57.
 */
public final class Recording implements Reporter, AutoCloseable {
  /*
   * Times are those of the accounts' clock, laid onto the wall clock once, at the start: so both lines
   * of a watch have the same arrival, by which a replay finds that they are one request, and a clock
   * that is set meanwhile moves nothing against anything else.
   */
  private static final long NANOS_PER_MICRO = 1_000;
  private static final long MICROS_PER_MILLI = 1_000;

  private final LineWriter<RecordEntry> writer;
  private final TimeSource time;

  private Recording(LineWriter<RecordEntry> writer, TimeSource time) {
    this.writer = writer;
    this.time = time;
  }

  /**
   * Where a recording goes.
   *
   * @param instance tells replicas that record into the same folder apart; fit for a file's name
   * @param mostBytes of one file
   * @param mostFiles that are kept, 1 or more
   */
  public record Place(Path folder, String instance, long mostBytes, int mostFiles) {}

  /**
   * Starts to record.
   *
   * @param naming from now on this recording's alone
   * @param time of which the accounts' instants are
   */
  public static Recording open(Place place, Naming naming, TimeSource time) {
    RecordLine line =
        new RecordLine(
            naming,
            time.epochMillis() * MICROS_PER_MILLI
                - Math.floorDiv(time.nanoTime(), NANOS_PER_MICRO));
    return new Recording(
        LineWriter.start(
            "recording",
            new RecordFiles(
                place.folder(), place.instance(), place.mostBytes(), place.mostFiles(), time),
            line,
            time),
        time);
  }

  @Override
  public void initialised(Account account) {
    record(account, true, time.nanoTime());
  }

  @Override
  public void ended(Account account) {
    record(account, false, account.endedAt());
  }

  private void record(Account account, boolean started, long now) {
    RequestInfo info = account.info();
    if (info == null) {
      return;
    }
    RecordEntry entry = RecordEntry.of(account, info, started, now);
    if (entry == null) {
      writer.drop();
    } else {
      writer.write(entry);
    }
  }

  /** How many lines were not written, since the start. */
  public long dropped() {
    return writer.dropped();
  }

  /** How many events wait for their lines, {@link LineWriter#MOST_WAITING} at most. */
  public int waiting() {
    return writer.waiting();
  }

  /** Writes what waits, for two seconds at most. Blocks meanwhile. */
  @Override
  public void close() {
    writer.close();
  }
}
