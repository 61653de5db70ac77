package io.apfproxy.server;

import io.apfproxy.nullness.Nullable;
import io.apfproxy.time.TimeSource;
import io.apfproxy.time.TokenBuckets;
import java.net.InetAddress;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;

/** Counts the clients' connections and says which may come in. Thread-safe. */
final class Doorkeeper {
  /*
   * Asked once or twice in the life of a connection, never for a request: one lock is enough. Only
   * addresses with an open connection have an entry here; that of the buckets is bounded in itself.
   */
  static final int MOST_ADDRESSES = 10_000;

  private final ConnectionLimits limits;
  private final FileDescriptors descriptors;
  private final @Nullable TokenBuckets<ClientAddress> arrivals;
  private final Map<ClientAddress, Count> byAddress = new HashMap<>();
  private final Map<ConnectionRule, Long> overflows = new EnumMap<>(ConnectionRule.class);
  private final Count all = new Count();

  private static final class Count {
    private int open;
    private int handshakes;
  }

  Doorkeeper(ConnectionLimits limits, FileDescriptors descriptors, TimeSource time) {
    this.limits = limits;
    this.descriptors = descriptors;
    this.arrivals =
        limits.newPerSecond() == 0
            ? null
            : new TokenBuckets<>(limits.newPerSecond(), limits.burst(), MOST_ADDRESSES, time);
  }

  /** Why nobody can come in now; null if there is room. */
  synchronized @Nullable ConnectionRule full() {
    if (reached(all.open, limits.total())) {
      return ConnectionRule.TOTAL;
    }
    if (reached(all.handshakes, limits.handshakes())) {
      return ConnectionRule.HANDSHAKES;
    }
    return descriptors.scarce() ? ConnectionRule.DESCRIPTORS : null;
  }

  private static boolean reached(int number, int limit) {
    return limit > 0 && number >= limit;
  }

  /** Why this one must not come in; null if it may. */
  synchronized @Nullable ConnectionRule refuse(InetAddress address) {
    if (limits.unlimited().test(address)) {
      return null;
    }
    ClientAddress key = ClientAddress.of(address);
    Count own = byAddress.get(key);
    if (own != null && reached(own.open, limits.perAddress())) {
      return ConnectionRule.OF_ADDRESS;
    }
    if (own != null && reached(own.handshakes, limits.handshakesPerAddress())) {
      return ConnectionRule.HANDSHAKES_OF_ADDRESS;
    }
    return arrivals != null && arrivals.take(key) > 0 ? ConnectionRule.NEW_OF_ADDRESS : null;
  }

  /** Lets one in, whose handshake starts now. */
  synchronized Visit enter(InetAddress address) {
    ClientAddress key = ClientAddress.of(address);
    Count own = byAddress.computeIfAbsent(key, first -> new Count());
    descriptors.taken();
    all.open++;
    all.handshakes++;
    own.open++;
    own.handshakes++;
    return new Visit(key, own);
  }

  /** Counts that a rule kept somebody out, or waiting. */
  synchronized void overflowed(ConnectionRule rule) {
    overflows.merge(rule, 1L, Long::sum);
  }

  synchronized long overflows(ConnectionRule rule) {
    return overflows.getOrDefault(rule, 0L);
  }

  /** What it holds down, for those who watch. */
  List<Bound> bounds() {
    return List.of(
        bound(ConnectionRule.TOTAL, () -> counted(all -> all.open), limits.total()),
        bound(ConnectionRule.HANDSHAKES, () -> counted(all -> all.handshakes), limits.handshakes()),
        bound(ConnectionRule.DESCRIPTORS, this::descriptors, descriptors.most()),
        bound(ConnectionRule.OF_ADDRESS, () -> most(own -> own.open), limits.perAddress()),
        bound(
            ConnectionRule.HANDSHAKES_OF_ADDRESS,
            () -> most(own -> own.handshakes),
            limits.handshakesPerAddress()),
        bound(ConnectionRule.NEW_OF_ADDRESS, null, limits.newPerSecond()),
        new Bound(
            "addresses-remembered",
            () -> arrivals == null ? 0 : arrivals.size(),
            MOST_ADDRESSES,
            () -> arrivals == null ? 0 : arrivals.shared()));
  }

  private Bound bound(ConnectionRule rule, @Nullable LongSupplier used, long limit) {
    return new Bound(rule.label(), used, limit, () -> overflows(rule));
  }

  private synchronized long counted(ToLongFunction<Count> part) {
    return part.applyAsLong(all);
  }

  /** Of the address that has most. */
  private synchronized long most(ToLongFunction<Count> part) {
    return byAddress.values().stream().mapToLong(part).max().orElse(0);
  }

  private synchronized long descriptors() {
    return descriptors.known();
  }

  /** One open connection. Thread-safe. */
  final class Visit {
    private final ClientAddress key;
    private final Count own;
    private boolean handshaking = true;
    private boolean left;

    private Visit(ClientAddress key, Count own) {
      this.key = key;
      this.own = own;
    }

    /** Its handshake succeeded or failed. Harmless when repeated. */
    void handshaken() {
      synchronized (Doorkeeper.this) {
        if (handshaking) {
          handshaking = false;
          all.handshakes--;
          own.handshakes--;
        }
      }
    }

    /** It is closed. Harmless when repeated. */
    void leave() {
      synchronized (Doorkeeper.this) {
        handshaken();
        if (!left) {
          left = true;
          all.open--;
          own.open--;
          if (own.open == 0) {
            byAddress.remove(key);
          }
        }
      }
    }
  }
}
