package io.apfproxy.bench;

import io.apfproxy.recorded.HashedNaming;
import io.apfproxy.recorded.Naming;
import io.apfproxy.report.Account;
import io.apfproxy.server.log.Lines;
import java.util.function.IntUnaryOperator;
import org.openjdk.jmh.annotations.Benchmark;

/**
 * What the thread that writes takes to make a line of a request, of some 500 and 700 bytes: in the
 * access log and in a recording, there also with hashed names. Specification seeing.md V-90, V-56.
 */
public class LogLineBench extends TimedBench {
  private static final int KEYS = 1_000;

  private final Account[] accounts = EndedRequests.of(KEYS);
  private final IntUnaryOperator access = Lines.access(accounts);
  private final IntUnaryOperator recorded = Lines.recorded(accounts, Naming.PLAIN);
  private final IntUnaryOperator hashed =
      Lines.recorded(accounts, new HashedNaming(new byte[HashedNaming.KEY_BYTES]));
  private int next;

  /** In bytes. */
  @Benchmark
  public int access() {
    return access.applyAsInt(next());
  }

  /** In bytes. */
  @Benchmark
  public int recorded() {
    return recorded.applyAsInt(next());
  }

  /** In bytes. */
  @Benchmark
  public int hashed() {
    return hashed.applyAsInt(next());
  }

  private int next() {
    next = next == KEYS - 1 ? 0 : next + 1;
    return next;
  }
}
