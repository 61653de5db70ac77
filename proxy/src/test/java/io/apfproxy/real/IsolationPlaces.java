package io.apfproxy.real;

import io.apfproxy.fixtures.load.Target;
import io.apfproxy.fixtures.realcluster.ControlPlane;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The servers and proxies of a report's rows. They are started once and live until it ends, so that
 * what was compiled, learnt and remembered in one round is there in the next one. For one thread.
 */
final class IsolationPlaces implements AutoCloseable {
  private final Map<List<String>, ControlPlane> servers = new LinkedHashMap<>();
  private final Map<IsolationRow.Way, Place> places = new LinkedHashMap<>();
  private final Deque<Runnable> ends = new ArrayDeque<>();
  private final Thread atTheEnd = new Thread(this::wake, "wake proxies");

  private IsolationPlaces() {}

  /**
   * Where the two users go.
   *
   * @param proxy before the server; null if there is none
   */
  record Place(ControlPlane server, @Nullable ProxyProcess proxy) {
    Target users() {
      return proxy == null
          ? IsolationReport.target(server.url(), server.pki("ca.crt"))
          : IsolationReport.target(proxy.url(), proxy.certificate());
    }

    /** What kube-apiserver has taken of processors. */
    double serverSeconds() {
      return ServerUse.cpuSeconds(server);
    }

    /** What the proxy has taken of them; not a number if there is none. */
    double proxySeconds() {
      return proxy == null ? Double.NaN : ServerUse.cpuSeconds(proxy.pid());
    }

    /** Lets the proxy run. */
    void wake() {
      if (proxy != null) {
        proxy.signal("CONT");
      }
    }

    /**
     * Stops the proxy: then it takes nothing from the others' rows, and adaptive seats do not give
     * way to a flood that is not theirs.
     */
    void rest() {
      if (proxy != null) {
        proxy.signal("STOP");
      }
    }
  }

  /** Starts all of them; the proxies rest. */
  static IsolationPlaces start(IsolationSettings settings) throws IOException {
    IsolationPlaces all = new IsolationPlaces();
    Runtime.getRuntime().addShutdownHook(all.atTheEnd);
    try {
      for (IsolationRow row : settings.rows()) {
        all.start(row.way(), settings);
      }
      return all;
    } catch (IOException | RuntimeException | Error e) {
      all.close();
      throw e;
    }
  }

  private void start(IsolationRow.Way way, IsolationSettings settings) throws IOException {
    if (places.containsKey(way)) {
      return;
    }
    ControlPlane server = servers.get(way.server());
    if (server == null) {
      server = IsolationReport.start(way.server());
      ends.push(server::close);
      servers.put(way.server(), server);
      settings.elephant().prepare(server);
    }
    List<String> flags = new ArrayList<>(way.flags());
    if (way.everyPart()) {
      EveryPart every =
          new EveryPart(Files.createTempDirectory(server.directory(), "parts-"), settings.traced());
      ends.push(every::close);
      flags.addAll(every.flags());
    }
    ProxyProcess proxy = null;
    if (way.proxied()) {
      proxy = ProxyProcess.startAsFrontProxy(server, flags.toArray(String[]::new));
      ends.push(proxy::close);
    }
    Place place = new Place(server, proxy);
    ends.push(place::wake); // nobody that is stopped ends when he is told to
    places.put(way, place);
    place.rest();
  }

  Place of(IsolationRow row) {
    return places.get(row.way());
  }

  private void wake() {
    places.values().forEach(Place::wake);
  }

  /** Ends all of them, the last first, whatever becomes of one. */
  @Override
  public void close() {
    RuntimeException first = null;
    while (!ends.isEmpty()) {
      try {
        ends.pop().run();
      } catch (RuntimeException e) {
        first = first == null ? e : first;
      }
    }
    Runtime.getRuntime().removeShutdownHook(atTheEnd);
    if (first != null) {
      throw first;
    }
  }
}
