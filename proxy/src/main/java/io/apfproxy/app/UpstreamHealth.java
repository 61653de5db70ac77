package io.apfproxy.app;

import io.apfproxy.cli.StartException;
import io.apfproxy.kube.watch.ClientTrustSource;
import io.apfproxy.upstream.members.Outage;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether the upstream is there for clients: pulses are answered ({@link UpstreamWatch}), and both
 * ways to it do, that of the proxy's own questions ({@link UpstreamGate}) and that of what clients
 * send ({@link UpstreamPath}). Thread-safe.
 */
final class UpstreamHealth {
  /** It may be upgraded without being away, where it is several servers. */
  private static final long VERSION_NANOS = Duration.ofSeconds(30).toNanos();

  private final UpstreamGate gate;
  private final ClientTrustSource trust;
  private final CompletableFuture<Void> failure = new CompletableFuture<>();
  private final Outage outage;
  private volatile @Nullable UpstreamPath path;
  private volatile long returnsSeen;
  private long askedAt = System.nanoTime();

  /**
   * @param trust is read again when the upstream comes back, perhaps with another configuration
   * @param outage is told which way is open
   */
  UpstreamHealth(UpstreamGate gate, ClientTrustSource trust, Outage outage) {
    this.gate = gate;
    this.trust = trust;
    this.outage = outage;
  }

  /**
   * The listener is there: from now on its way is tried too. Blocks for some seconds at most.
   *
   * @param probe fails if a request would
   */
  void tryWay(Supplier<Future<Void>> probe) {
    UpstreamPath way = new UpstreamPath(probe);
    path = way;
    ask(way);
  }

  private void ask(@Nullable UpstreamPath way) {
    if (way != null && gate.isReachable()) {
      way.ask();
      outage.wayTried(way.isOpen());
    }
  }

  /**
   * Looks again, but not while nobody is there; to be called from time to time, by one thread.
   * Blocks for some seconds at most.
   */
  void check() {
    if (gate.hasPassed() && outage.isDown()) {
      return;
    }
    long returns = outage.returns();
    boolean same = gate.isReachable() && returns == returnsSeen;
    try {
      if (!same || System.nanoTime() - askedAt >= VERSION_NANOS) {
        askedAt = System.nanoTime();
        gate.ask();
      }
      if (gate.isReachable() && !(same && trust.get().upstreamKnown())) {
        trust.readAgain();
      }
      ask(path);
      returnsSeen = returns;
    } catch (StartException e) {
      failure.completeExceptionally(e);
    }
  }

  boolean isReached() {
    UpstreamPath way = path;
    return !outage.isDown()
        && outage.returns() == returnsSeen
        && gate.isReachable()
        && way != null
        && way.isOpen();
  }

  /** Fails with a {@link StartException} if it answers, but cannot be used as configured. */
  CompletionStage<Void> failure() {
    return failure.minimalCompletionStage();
  }
}
