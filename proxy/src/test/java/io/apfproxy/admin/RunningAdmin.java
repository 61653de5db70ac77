package io.apfproxy.admin;

import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** An admin listener of this machine, and its Vert.x, for as long as a test takes. */
final class RunningAdmin implements BeforeEachCallback, AfterEachCallback {
  private static final int SECONDS = 60;

  private final Vertx vertx = Vertx.vertx();
  private final AdminServer server;
  private int port;

  /**
   * @param make makes what is to listen
   */
  RunningAdmin(Function<Vertx, AdminServer> make) {
    this.server = make.apply(vertx);
  }

  static RunningAdmin plain(AdminPages pages, AdminDoor door) {
    return new RunningAdmin(vertx -> AdminServer.plain(vertx, pages, door));
  }

  @Override
  public void beforeEach(ExtensionContext context) throws Exception {
    port = server.listen("127.0.0.1", 0).await(SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    vertx.close().await(SECONDS, TimeUnit.SECONDS);
  }

  AdminServer server() {
    return server;
  }

  Vertx vertx() {
    return vertx;
  }

  int port() {
    return port;
  }
}
