package io.apfproxy.real;

import io.apfproxy.fixtures.load.Load;
import io.apfproxy.fixtures.load.LoadClient;
import io.apfproxy.fixtures.load.LoadRequest;
import io.apfproxy.fixtures.load.Pace;
import io.apfproxy.fixtures.load.Target;
import io.apfproxy.fixtures.realcluster.ControlPlane;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Lists whose label selector fits none of many objects: kube-apiserver looks at each for some 12 ms
 * of its processor in all, and answers with 118 bytes. So it is the server that they load, and
 * neither the proxy nor the client beside it.
 */
final class Searches {
  static final boolean WANTED = Boolean.getBoolean("apf.searches");
  static final Supplier<LoadRequest> SEARCH =
      LoadRequest.get(
          "/api/v1/namespaces/load/configmaps?labelSelector=app%3Dnone&resourceVersion=0");

  private static final int OBJECTS = 16_000;
  private static final int AT_A_TIME = 64;

  private Searches() {}

  /** Makes what is looked at. */
  static void create(Target server) {
    AtomicInteger number = new AtomicInteger();
    Vertx vertx = Vertx.vertx();
    try (LoadClient admin = new LoadClient(vertx, server.as(ControlPlane.token("admin")))) {
      Load creates =
          admin.start(() -> object(number.incrementAndGet()), Pace.closedLoop(AT_A_TIME));
      IsolationReport.await(() -> creates.report().succeeded() >= OBJECTS);
      creates.drain();
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  private static LoadRequest object(int number) {
    return new LoadRequest(
        HttpMethod.POST,
        "/api/v1/namespaces/load/configmaps",
        "application/json",
        "{\"metadata\": {\"name\": \"searched-" + number + "\", \"labels\": {\"app\": \"some\"}}}");
  }
}
