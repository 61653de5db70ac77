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
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** The clients of one phase: one elephant, four mice, each a user of its own. */
final class Herd implements AutoCloseable {
  static final int ELEPHANT_LISTS = 300;
  private static final double MOUSE_RATE = 15;

  private final Vertx vertx;
  private final EmbeddedApiServer server;
  private final Target target;
  private final List<LoadClient> clients = new ArrayList<>();
  private final List<Load> mice = new ArrayList<>();
  private Load elephant;

  Herd(Vertx vertx, EmbeddedApiServer server, int port, String caPem) {
    this.vertx = vertx;
    this.server = server;
    this.target = new Target("127.0.0.1", port, caPem, "", HttpVersion.HTTP_2, 4);
  }

  /** Hundreds of lists of all the data, always in flight. */
  void startElephant() {
    elephant =
        client(DemoCluster.ELEPHANT)
            .start(
                LoadRequest.listAll(DemoCluster.NAMESPACE, "configmaps"),
                Pace.closedLoop(ELEPHANT_LISTS));
  }

  /** Small reads and lease renewals at a steady rate. */
  void startMice() {
    Supplier<LoadRequest> read = LoadRequest.get("/api/v1/namespaces/shop/configmaps/prices");
    startMouse("system:serviceaccount:shop:checkout", read);
    startMouse("alice", read);
    startMouse("system:node:n1", LoadRequest.renewLease("kube-node-lease", "n1"));
    startMouse(
        "system:kube-controller-manager",
        LoadRequest.renewLease("kube-system", "kube-controller-manager"));
  }

  LoadReport elephant() {
    return elephant.report();
  }

  LoadReport mice() {
    return mice.stream().map(Load::report).reduce(LoadReport::plus).orElseThrow();
  }

  /** Stops all loads at the same instant; reports stay as they are then. */
  void stop() {
    mice.forEach(Load::stop);
    if (elephant != null) {
      elephant.stop();
    }
  }

  @Override
  public void close() {
    clients.forEach(LoadClient::close);
  }

  private void startMouse(String user, Supplier<LoadRequest> requests) {
    mice.add(client(user).start(requests, Pace.openLoop(MOUSE_RATE)));
  }

  private LoadClient client(String user) {
    LoadClient client = new LoadClient(vertx, target.as(server.token(user)));
    clients.add(client);
    return client;
  }
}
