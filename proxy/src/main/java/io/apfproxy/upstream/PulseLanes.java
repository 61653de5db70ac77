package io.apfproxy.upstream;

import io.apfproxy.upstream.wire.OwnConnections;
import io.apfproxy.upstream.wire.UpstreamConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * The connections that pulses take in turn. Each is made anew every minute, so that behind a load
 * balancer every server is looked at. Belongs to one event loop. Source: specification limits.md
 * L-40.
 */
final class PulseLanes {
  private static final long AGE_NANOS = Duration.ofSeconds(60).toNanos();

  private final List<Lane> lanes = new ArrayList<>();
  private int last;

  private static final class Lane {
    final OwnConnections connections;
    long since;

    Lane(OwnConnections connections, long since) {
      this.connections = connections;
      this.since = since;
    }
  }

  /**
   * @param number of them; a single one stays for as long as it is good
   * @param now monotonic time in nanoseconds, as everywhere here
   */
  PulseLanes(Vertx vertx, Supplier<UpstreamConfig> upstream, int number, long now) {
    for (int i = 0; i < number; i++) {
      lanes.add(new Lane(new OwnConnections(vertx, upstream), now));
    }
  }

  /** The next one. */
  OwnConnections next(long now) {
    last = (last + 1) % lanes.size();
    Lane lane = lanes.get(last);
    if (lanes.size() > 1 && now - lane.since >= AGE_NANOS) {
      lane.since = now;
      lane.connections.retire(lane.connections.generation());
    }
    return lane.connections;
  }

  /** Closes them all. */
  Future<Void> close() {
    return Future.join(lanes.stream().map(lane -> lane.connections.close()).toList()).mapEmpty();
  }
}
