package io.apfproxy.demo;

import io.apfproxy.fixtures.apiserver.EmbeddedApiServer;
import io.apfproxy.fixtures.load.Load;
import io.apfproxy.fixtures.load.LoadClient;
import io.apfproxy.fixtures.load.LoadReport;
import io.apfproxy.fixtures.load.LoadRequest;
import io.apfproxy.fixtures.load.Pace;
import io.apfproxy.fixtures.load.Target;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpVersion;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The clients of one proxy: one elephant, four mice, each a user with connections of its own. */
final class Herd implements AutoCloseable {
  static final int ELEPHANT_LISTS = 240;
  static final int MOUSE_RATE = 15;

  private final LoadClient elephantClient;
  private final Map<LoadClient, Supplier<LoadRequest>> mouseClients = new LinkedHashMap<>();
  private Load elephant;
  private List<Load> mice = List.of();

  Herd(Vertx vertx, EmbeddedApiServer server, int port, String caPem) {
    Target target = new Target("127.0.0.1", port, caPem, "", HttpVersion.HTTP_2, 2);
    elephantClient = new LoadClient(vertx, target.as(server.token(DemoCluster.ELEPHANT)));
    DemoCluster.mice()
        .forEach(
            (user, requests) ->
                mouseClients.put(new LoadClient(vertx, target.as(server.token(user))), requests));
  }

  /**
   * Everybody starts, with new counts: the elephant with so many lists of the data, always in
   * flight, the mice at a steady rate.
   */
  void start(int lists) {
    elephant = elephantClient.start(DemoCluster.lists(), Pace.closedLoop(lists));
    mice =
        mouseClients.entrySet().stream()
            .map(mouse -> mouse.getKey().start(mouse.getValue(), Pace.openLoop(MOUSE_RATE)))
            .toList();
  }

  /** Forgets how they began. */
  void recount() {
    mice.forEach(Load::recount);
    elephant.recount();
  }

  LoadReport elephant() {
    return elephant.report();
  }

  LoadReport mice() {
    return mice.stream().map(Load::report).reduce(LoadReport::plus).orElseThrow();
  }

  /** Stops all at the same instant and drops what is in flight; reports stay as they are then. */
  void stop() {
    mice.forEach(Load::stop);
    elephant.stop();
  }

  @Override
  public void close() {
    elephantClient.close();
    mouseClients.keySet().forEach(LoadClient::close);
  }
}
