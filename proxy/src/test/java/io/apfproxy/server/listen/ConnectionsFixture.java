package io.apfproxy.server.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.time.ManualTime;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Connections that come and go without a socket, in virtual time. */
abstract class ConnectionsFixture {
  final ManualTime time = new ManualTime();

  private final FileDescriptors plenty = new FileDescriptors(() -> 0, 1_000_000, time);

  /** Does what it is told, at once. */
  static final class FakeSocket implements OpenConnection.Socket {
    private @Nullable OpenConnection counted;
    boolean silent;
    boolean unread;
    boolean owed;
    boolean begun;
    boolean closed;
    private @Nullable ConnectionRule closedBy;

    FakeSocket() {
      this(false);
    }

    /**
     * @param silent whether no byte came yet
     */
    FakeSocket(boolean silent) {
      this.silent = silent;
    }

    @Override
    public void begin() {
      begun = true;
      if (!silent) {
        counted().hears();
        if (!owed) {
          counted().waitsForItsClient();
        }
      }
    }

    @Override
    public boolean hasUnread(long readNanos) {
      return unread;
    }

    @Override
    public boolean hasSpoken() {
      return !silent;
    }

    @Override
    public void waits(ConnectionRule rule) {
      // nobody is told
    }

    @Override
    public void leave(@Nullable ConnectionRule rule) {
      closed = true;
      closedBy = rule;
      counted().leave();
    }

    /** Whether that is why it was closed. */
    boolean wasTooSlow() {
      return closedBy == ConnectionRule.HANDSHAKE_TIME;
    }

    OpenConnection counted() {
      return Objects.requireNonNull(counted);
    }
  }

  static InetAddress address(String literal) {
    try {
      return InetAddress.getByName(literal);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  static InetAddress address(int number) {
    return address("10." + number / 65_536 + "." + number / 256 % 256 + "." + number % 256);
  }

  /** With file descriptors in plenty. */
  final OpenConnections limited(
      int total, int perAddress, int newPerSecond, int handshakes, Predicate<InetAddress> free) {
    return limited(new ConnectionLimits(total, perAddress, newPerSecond, handshakes, free));
  }

  final OpenConnections limited(int total, int perAddress, int newPerSecond, int handshakes) {
    return limited(total, perAddress, newPerSecond, handshakes, address -> false);
  }

  final OpenConnections limited(ConnectionLimits limits) {
    return new OpenConnections(limits, plenty, time);
  }

  static FakeSocket enter(OpenConnections all, InetAddress address) {
    return enter(all, address, false);
  }

  /**
   * @param silent whether no byte came yet
   */
  static FakeSocket enter(OpenConnections all, InetAddress address, boolean silent) {
    FakeSocket socket = new FakeSocket(silent);
    assertThat(enter(all, address, socket)).isNull();
    all.beginHandshakes();
    return socket;
  }

  /** Why it may not come in; null if it did. */
  static @Nullable ConnectionRule enter(
      OpenConnections all, InetAddress address, FakeSocket socket) {
    OpenConnections.Answer answer = all.enter(address, socket);
    socket.counted = answer.connection();
    return answer.refusal();
  }

  static FakeSocket enter(OpenConnections all, int address) {
    return enter(all, address(address));
  }

  static List<FakeSocket> enter(OpenConnections all, int address, int number) {
    return enter(all, address(address), number);
  }

  static List<FakeSocket> enter(OpenConnections all, InetAddress address, int number) {
    List<FakeSocket> sockets = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      sockets.add(enter(all, address));
    }
    return sockets;
  }

  /** Of one that would come now; if it may, it leaves again. */
  static @Nullable ConnectionRule refusal(OpenConnections all, InetAddress address) {
    OpenConnections.Answer answer = all.enter(address, new FakeSocket());
    OpenConnection counted = answer.connection();
    if (counted != null) {
      counted.leave();
    }
    return answer.refusal();
  }

  static @Nullable ConnectionRule refusal(OpenConnections all, int address) {
    return refusal(all, address(address));
  }

  static Bound bound(OpenConnections all, ConnectionRule rule) {
    return bound(all, rule.label());
  }

  static Bound bound(OpenConnections all, String rule) {
    return all.bounds().stream().filter(b -> b.rule().equals(rule)).findFirst().orElseThrow();
  }

  static long used(OpenConnections all, ConnectionRule rule) {
    return bound(all, rule).used().getAsLong();
  }
}
