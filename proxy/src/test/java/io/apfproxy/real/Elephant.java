package io.apfproxy.real;

import io.apfproxy.fixtures.load.Load;
import io.apfproxy.fixtures.load.LoadClient;
import io.apfproxy.fixtures.load.LoadRequest;
import io.apfproxy.fixtures.load.Pace;
import io.apfproxy.fixtures.realcluster.ControlPlane;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * What the elephant asks for, 300 times at a time, of the server that {@link IsolationReport} has.
 */
enum Elephant {
  /** Lists of 1 MB, which load the proxy and the client beside it as much as the server. */
  LISTS("resourceVersion=0"),

  /**
   * Lists whose label selector fits none of many objects: kube-apiserver looks at each for some 12
   * ms of its processor in all, and answers with 118 bytes. So it is the server that they load.
   */
  SEARCHES("labelSelector=app%3Dnone&resourceVersion=0");

  /** How many are in flight, whatever comes of them. */
  static final Pace PACE = Pace.closedLoop(300);

  private static final String CONFIG_MAPS = "/api/v1/namespaces/load/configmaps";
  private static final int SEARCHED = 16_000;
  private static final int AT_A_TIME = 64;

  private final String query;

  Elephant(String query) {
    this.query = query;
  }

  /**
   * @param word its name in lower case
   * @throws IllegalArgumentException if there is none
   */
  static Elephant of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }

  Supplier<LoadRequest> requests() {
    return LoadRequest.get(CONFIG_MAPS + "?" + query);
  }

  /** Makes what is asked for, if the server does not have it yet. */
  void prepare(ControlPlane server) {
    if (this == LISTS) {
      return;
    }
    AtomicInteger number = new AtomicInteger();
    Vertx vertx = Vertx.vertx();
    try (LoadClient admin =
        new LoadClient(
            vertx,
            IsolationReport.target(server.url(), server.pki("ca.crt"))
                .as(ControlPlane.token("admin")))) {
      Load creates =
          admin.start(() -> searched(number.incrementAndGet()), Pace.closedLoop(AT_A_TIME));
      IsolationReport.await(() -> creates.report().succeeded() >= SEARCHED);
      creates.drain();
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  private static LoadRequest searched(int number) {
    return new LoadRequest(
        HttpMethod.POST,
        CONFIG_MAPS,
        "application/json",
        "{\"metadata\": {\"name\": \"searched-" + number + "\", \"labels\": {\"app\": \"some\"}}}");
  }
}
