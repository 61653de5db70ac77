package io.apfproxy.server.walk;

import io.apfproxy.server.listen.AcceptGuard;
import io.apfproxy.server.listen.Bound;
import io.apfproxy.server.listen.ClientEngines;
import io.apfproxy.server.listen.Doorkeeper;
import io.apfproxy.server.listen.FileDescriptors;
import io.apfproxy.server.listen.PartialHeads;
import io.apfproxy.server.listen.Scarcity;
import io.apfproxy.server.listen.ServerConfig;
import io.apfproxy.time.TimeSource;
import io.apfproxy.upstream.exchange.UnreadBytes;
import java.util.List;
import java.util.stream.Stream;

/** What the event loops of one listener have in common. Thread-safe. */
public final class SharedState {
  private static final int MAX_TUNNELS = 5_000;
  private static final int MAX_TUNNELS_OF_USER = 200;
  private static final int MAX_LONG = 20_000;
  private static final int MAX_LONG_OF_USER = MAX_LONG / 4;

  private final UserPlaces tunnels = new UserPlaces("tunnels", MAX_TUNNELS, MAX_TUNNELS_OF_USER);
  private final UserPlaces longRequests =
      new UserPlaces("long-requests", MAX_LONG, MAX_LONG_OF_USER);
  private final WatchGate watches;
  private final WaitingRoom waitingRoom;
  private final Doorkeeper door;
  private final PartialHeads heads;
  private final UnreadBytes unread;
  private final long mostUnread;
  private final AcceptGuard guard;
  private final ClientEngines engines;
  private volatile boolean draining;

  public SharedState(ServerConfig config, TimeSource time) {
    this.door = new Doorkeeper(config.connections(), FileDescriptors.ofProcess(time), time);
    this.heads = new PartialHeads(config.requests().partialHeadBytes());
    this.mostUnread = config.requests().unreadBytes();
    this.unread = new UnreadBytes(mostUnread, Scarcity.from(mostUnread));
    this.guard = new AcceptGuard(door, heads);
    this.engines = new ClientEngines(config.tlsEngine(), time);
    this.watches = new WatchGate(config.requests(), time);
    this.waitingRoom = new WaitingRoom(config.requests());
  }

  /** Stands before the socket that they share. */
  public AcceptGuard guard() {
    return guard;
  }

  /** Choose what makes a connection. */
  public ClientEngines engines() {
    return engines;
  }

  /** All that clients can fill. */
  public List<Bound> bounds() {
    return Stream.of(
            door.bounds(),
            List.of(heads.bound()),
            tunnels.bounds(),
            longRequests.bounds(),
            watches.bounds(),
            waitingRoom.bounds(),
            List.of(new Bound("unread-bytes", unread::taken, mostUnread, unread::overflows)))
        .flatMap(List::stream)
        .toList();
  }

  UserPlaces tunnels() {
    return tunnels;
  }

  /** Of requests that flow control lets pass as they last, tunnels among them. */
  UserPlaces longRequests() {
    return longRequests;
  }

  WatchGate watches() {
    return watches;
  }

  /** Of responses. */
  public UnreadBytes unread() {
    return unread;
  }

  public void drain() {
    draining = true;
  }

  boolean draining() {
    return draining;
  }

  WaitingRoom waitingRoom() {
    return waitingRoom;
  }
}
