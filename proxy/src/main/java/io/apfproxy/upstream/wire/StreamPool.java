package io.apfproxy.upstream.wire;

import io.apfproxy.time.DelayedActions;
import io.apfproxy.time.TimeSource;
import io.vertx.core.Future;
import io.vertx.core.http.impl.HttpClientConnection;
import io.vertx.core.net.SocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one lane that stand, and which of them the next request goes over. Belongs to
 * one event loop.
 */
final class StreamPool {
  /*
   * The library has a pool of its own, which serves any number of servers, threads and protocols, and
   * asks for each request a resolver, a table of pools and a queue, by a dozen futures: that was a
   * tenth of a small request. Here all of one lane go to one server, on one thread, and whoever asks
   * has either a connection at hand or waits at StreamOpener.
   *
   * The one that had room last is used first, so that others become idle and end. A connection that
   * goes away, is closed, or was answered with "Connection: close" tells so itself. One of HTTP/2 that
   * goes away has its streams still, and after them is closed like any other that nobody uses: not
   * every server does so.
   */
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final TimeSource time;
  private final DelayedActions later;
  private final long idleNanos;
  private final Runnable roomed;
  private final Set<PooledConnection> all = new LinkedHashSet<>();
  private final List<PooledConnection> free = new ArrayList<>();
  private boolean looking;
  private boolean closed;

  /**
   * @param later does it on the event loop
   * @param idleSeconds as long as one of HTTP/2 stays that nobody uses
   * @param roomed told when one has room again that had none, in the middle of whatever made it
   */
  StreamPool(TimeSource time, DelayedActions later, long idleSeconds, Runnable roomed) {
    this.time = time;
    this.later = later;
    this.idleNanos = TimeUnit.SECONDS.toNanos(idleSeconds);
    this.roomed = roomed;
  }

  long now() {
    return time.nanoTime();
  }

  /** A place on a connection to there; null if none has any. */
  @Nullable PooledConnection take(SocketAddress at) {
    PooledConnection connection = find(at);
    if (connection != null) {
      connection.take();
    }
    return connection;
  }

  /** Whether one to there has a place. */
  boolean hasRoom(SocketAddress at) {
    return find(at) != null;
  }

  private @Nullable PooledConnection find(SocketAddress at) {
    for (int i = free.size() - 1; i >= 0; i--) {
      PooledConnection connection = free.get(i);
      if (connection.takes(at)) {
        return connection;
      }
    }
    return null;
  }

  /**
   * A new one has been made; a place on it is that of the request it was made for.
   *
   * @param retired whether it is nobody else's
   */
  PooledConnection add(HttpClientConnection made, SocketAddress at, boolean retired) {
    PooledConnection connection = new PooledConnection(this, made, at, retired);
    all.add(connection);
    made.evictionHandler(
        gone -> {
          connection.retire();
          if (connection.isClosed()) {
            all.remove(connection);
          }
        });
    made.concurrencyChangeHandler(connection::bears);
    connection.take();
    look();
    return connection;
  }

  /** It has room now, or none any more. */
  void changed(PooledConnection connection) {
    boolean room = connection.hasRoom();
    if (room == connection.isOffered()) {
      return;
    }
    connection.offer(room);
    if (room) {
      free.add(connection);
      roomed.run();
    } else {
      free.remove(free.lastIndexOf(connection)); // the last one, as a rule
    }
  }

  /** No request goes over any of those that are there, which end when nobody uses them. */
  void retire() {
    for (int i = free.size() - 1; i >= 0; i--) { // from the end, where nothing has to be looked for
      free.get(i).retire();
    }
    all.forEach(PooledConnection::retire);
  }

  private void look() {
    if (!looking && !all.isEmpty() && !closed) {
      looking = true;
      later.after(
          LOOK_NANOS,
          () -> {
            looking = false;
            closeThoseLeft();
            look();
          });
    }
  }

  private void closeThoseLeft() {
    for (PooledConnection connection : List.copyOf(all)) {
      if (connection.isLeft(idleNanos)) {
        connection.retire();
        all.remove(connection);
        var unused = connection.close();
      }
    }
  }

  /** Closes all. */
  Future<Void> close() {
    closed = true;
    return Future.join(List.copyOf(all).stream().map(PooledConnection::close).toList()).mapEmpty();
  }
}
