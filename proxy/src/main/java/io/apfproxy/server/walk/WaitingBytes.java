package io.apfproxy.server.walk;

import io.apfproxy.gate.Asked;
import io.apfproxy.gate.Gate;
import io.apfproxy.request.RefusedException;
import io.apfproxy.server.listen.Bound;
import io.apfproxy.server.listen.RequestLimits;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the bytes that requests hold while they wait for seats, or for who asks; their number is
 * flow control's to bound. No user, and no address, has more than a share while they are scarce.
 * Thread-safe. Source: specification security.md 12, S51.
 */
final class WaitingBytes {
  private final SharedBytes heads;
  private final SharedBytes bodies;

  WaitingBytes(RequestLimits limits) {
    this.heads = new SharedBytes("waiting-head-bytes", limits.waitingHeadBytes());
    this.bodies = new SharedBytes("waiting-body-bytes", limits.waitingBodyBytes());
  }

  /** Those of requests that wait before it is known who asks. */
  Gate ofAddresses() {
    return new Share(Asked::address);
  }

  /** Those of requests of a user. */
  Gate ofUsers() {
    return new Share(asked -> asked.digest().user().name());
  }

  /** For those who watch. */
  List<Bound> bounds() {
    return List.of(heads.bound(), bodies.bound());
  }

  private final class Share implements Gate {
    private final Function<Asked, @Nullable Object> owner;

    /**
     * @param owner whose share counts; gives null for one that has none
     */
    Share(Function<Asked, @Nullable Object> owner) {
      this.owner = owner;
    }

    @Override
    public boolean concerns(Asked asked) {
      return true;
    }

    /**
     * @throws RefusedException 429 if there is no room
     */
    @Override
    public long enter(Asked asked, long now) throws RefusedException {
      Object who = owner.apply(asked);
      if (!heads.take(who, asked.headBytes())) {
        throw full();
      }
      if (!bodies.take(who, asked.bodyBytes())) {
        heads.giveBack(who, asked.headBytes());
        throw full();
      }
      return 0;
    }

    private RefusedException full() {
      return new RefusedException(
              429, "TooManyRequests", "queue-full", "too many requests wait to be let in")
          .retryAfter(1);
    }

    @Override
    public void leave(Asked asked) {
      Object who = owner.apply(asked);
      heads.giveBack(who, asked.headBytes());
      bodies.giveBack(who, asked.bodyBytes());
    }
  }
}
