package io.apfproxy.app;

import io.apfproxy.cli.StartException;
import io.apfproxy.kube.watch.ClientTrustSource;
import io.vertx.core.Future;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether the upstream is there for clients. Two ways lead to it, and both must do: the proxy's own
 * questions ({@link UpstreamGate}), and what clients send ({@link UpstreamPath}). Thread-safe.
 */
final class UpstreamHealth {
  private final UpstreamGate gate;
  private final ClientTrustSource trust;
  private final CompletableFuture<Void> failure = new CompletableFuture<>();
  private volatile @Nullable UpstreamPath path;

  /**
   * @param trust is read again when the upstream comes back, perhaps with another configuration
   */
  UpstreamHealth(UpstreamGate gate, ClientTrustSource trust) {
    this.gate = gate;
    this.trust = trust;
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
    }
  }

  /** Looks again; to be called from time to time. Blocks for some seconds at most. */
  void check() {
    boolean wasReachable = gate.isReachable();
    try {
      gate.ask();
      if (gate.isReachable() && !(wasReachable && trust.get().upstreamKnown())) {
        trust.readAgain();
      }
      ask(path);
    } catch (StartException e) {
      failure.completeExceptionally(e);
    }
  }

  boolean isReached() {
    UpstreamPath way = path;
    return gate.isReachable() && way != null && way.isOpen();
  }

  /** Fails with a {@link StartException} if it answers, but cannot be used as configured. */
  CompletionStage<Void> failure() {
    return failure.minimalCompletionStage();
  }
}
