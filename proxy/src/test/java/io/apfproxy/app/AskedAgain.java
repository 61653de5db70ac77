package io.apfproxy.app;

import io.apfproxy.fixtures.apiserver.EmbeddedApiServer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** The whole proxy, whose clients ask again as soon as they are answered: a closed loop. */
public final class AskedAgain implements AutoCloseable {
  private static final int CLIENTS = 16;
  private static final long LONGEST_SECONDS = 60;

  private final ProxyApp proxy;
  private final HttpClient client;
  private final RequestOptions request;
  private final AtomicLong answered = new AtomicLong();
  private volatile boolean asking;

  private AskedAgain(ProxyApp proxy, HttpClient client, RequestOptions request) {
    this.proxy = proxy;
    this.client = client;
    this.request = request;
  }

  /**
   * Starts one.
   *
   * @param upstream knows the user alice, who may read namespaces
   * @param folder for what it keeps
   */
  public static AskedAgain start(
      Vertx vertx, EmbeddedApiServer upstream, Path folder, String... flags) throws Exception {
    ProxyApp proxy =
        LocalProxy.start(LocalProxy.options(upstream.adminKubeconfig(), folder, flags));
    HttpClient client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setSsl(true)
                .setSslHandshakeTimeout(60)
                .setTrustAll(true)
                .setVerifyHost(false)
                .setUseAlpn(true)
                .setProtocolVersion(HttpVersion.HTTP_2));
    return new AskedAgain(
        proxy,
        client,
        new RequestOptions()
            .setMethod(HttpMethod.GET)
            .setHost("127.0.0.1")
            .setPort(proxy.securePort())
            .setURI("/api/v1/namespaces")
            .putHeader("Authorization", "Bearer " + upstream.token("alice")));
  }

  /** Lets them ask for so long, and returns how many answers came a second. */
  public double perSecond(long millis) throws Exception {
    answered.set(0);
    asking = true;
    long start = System.nanoTime();
    List<Future<?>> loops = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      Promise<Void> end = Promise.promise();
      ask(end);
      loops.add(end.future());
    }
    TimeUnit.MILLISECONDS.sleep(millis);
    asking = false;
    Future.all(loops).await(LONGEST_SECONDS, TimeUnit.SECONDS);
    return answered.get() * 1e9 / (System.nanoTime() - start);
  }

  /** Until it is enough; none waits for the one after it, or they would be a long chain. */
  private void ask(Promise<Void> end) {
    client
        .request(request)
        .compose(sent -> sent.send().compose(AskedAgain::read))
        .onComplete(
            code -> {
              if (code.failed()) {
                end.fail(code.cause());
              } else if (code.result() != 200) {
                end.fail("answered " + code.result());
              } else {
                answered.incrementAndGet();
                if (asking) {
                  ask(end);
                } else {
                  end.complete();
                }
              }
            });
  }

  private static Future<Integer> read(HttpClientResponse response) {
    return response.body().map(response.statusCode());
  }

  @Override
  public void close() {
    client.close();
    proxy.close();
  }
}
