package io.apfproxy.server;

import io.apfproxy.request.RefusedException;
import io.apfproxy.time.TimeSource;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

/** What the event loops of one listener have in common. Thread-safe. */
final class SharedState {
  private static final int MAX_TUNNELS = 5_000;
  private static final int MAX_TUNNELS_OF_USER = 200;

  private final AtomicInteger tunnels = new AtomicInteger();
  private final ConcurrentMap<String, Integer> tunnelsByUser = new ConcurrentHashMap<>();
  private final Doorkeeper door;
  private final AcceptGuard guard;
  private volatile boolean draining;

  SharedState(ServerConfig config, TimeSource time) {
    this.door = new Doorkeeper(config.connections(), FileDescriptors.ofProcess(time), time);
    this.guard = new AcceptGuard(door);
  }

  /** Stands before the socket that they share. */
  AcceptGuard guard() {
    return guard;
  }

  /** All that clients can fill. */
  List<Bound> bounds() {
    return door.bounds();
  }

  void drain() {
    draining = true;
  }

  boolean draining() {
    return draining;
  }

  /**
   * Takes a place for a tunnel; give it back with {@link #closeTunnel}.
   *
   * @throws RefusedException 429 if the user, or all together, have too many
   */
  void openTunnel(String user) throws RefusedException {
    if (tunnels.incrementAndGet() > MAX_TUNNELS) {
      tunnels.decrementAndGet();
      throw tooMany("tunnels-total");
    }
    if (tunnelsByUser.merge(user, 1, Integer::sum) > MAX_TUNNELS_OF_USER) {
      closeTunnel(user);
      throw tooMany("tunnels-of-user");
    }
  }

  void closeTunnel(String user) {
    tunnels.decrementAndGet();
    tunnelsByUser.computeIfPresent(user, (name, count) -> count == 1 ? null : count - 1);
  }

  private static RefusedException tooMany(String rule) {
    return new RefusedException(
            429, "TooManyRequests", rule, "too many upgraded connections are open")
        .retryAfter(1);
  }
}
