package io.apfproxy.admin;

import io.vertx.core.http.HttpConnection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Closes connections on which no request comes. Belongs to one event loop. */
final class AdminConnections {
  /*
   * Half a request is none: whoever sends a head byte by byte would hold one of the few places for
   * ever, as to the library that connection is not idle.
   */
  private static final long FIRST_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long NEXT_NANOS = TimeUnit.SECONDS.toNanos(75);

  private final Map<HttpConnection, State> states = new HashMap<>();

  private static final class State {
    private long since;
    private int open;
    private boolean used;

    State(long since) {
      this.since = since;
    }
  }

  void opened(HttpConnection connection, long now) {
    states.put(connection, new State(now));
    connection.closeHandler(closed -> states.remove(connection));
  }

  void begun(HttpConnection connection) {
    State state = states.get(connection);
    if (state != null) {
      state.open++;
      state.used = true;
    }
  }

  void answered(HttpConnection connection, long now) {
    State state = states.get(connection);
    if (state != null) {
      state.open--;
      state.since = now;
    }
  }

  /** Call now and then. */
  void closeIdle(long now) {
    for (Map.Entry<HttpConnection, State> entry : Map.copyOf(states).entrySet()) {
      State state = entry.getValue();
      if (state.open == 0 && now - state.since > (state.used ? NEXT_NANOS : FIRST_NANOS)) {
        entry.getKey().close();
      }
    }
  }
}
