package io.apfproxy.bench;

import io.apfproxy.report.Account;
import io.apfproxy.report.Reporter;
import io.apfproxy.report.talkers.DrainedRing;
import io.apfproxy.report.talkers.Talkers;
import io.apfproxy.time.TimeSource;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What top talkers cost a request: {@code told} is its event loop's part, which must allocate
 * nothing; {@code counted} is that and the part of the thread that counts. Specification seeing.md
 * V-15.
 */
public class TalkerFeedBench extends TimedBench {
  private static final int BATCH = DrainedRing.ROOM;

  /** Requests of different users, each told again and again. */
  @Param({"1", "1000"})
  public int keys;

  private final Talkers talkers = new Talkers(256, TimeSource.system());
  private Reporter loop;
  private Account[] accounts;

  /** Is empty before each batch. */
  @State(Scope.Thread)
  public static class Ring {
    private final DrainedRing ring = new DrainedRing();

    /** Not measured. */
    @Setup(Level.Invocation)
    public void drain() {
      ring.drain();
    }
  }

  /** Prepares. */
  @Setup
  public void prepare() {
    loop = talkers.reporter().ofLoop();
    accounts = EndedRequests.of(keys);
  }

  private void tell(Reporter reporter) {
    for (int i = 0; i < BATCH; i++) {
      Account account = accounts[i % keys];
      reporter.answered(account);
      reporter.ended(account);
    }
  }

  /** On the event loop. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void told(Ring ring) {
    tell(ring.ring.reporter());
  }

  /** On the event loop and on the thread that counts. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void counted() {
    tell(loop);
    talkers.turn();
  }
}
