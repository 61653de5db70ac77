package io.apfproxy.whole;

import io.apfproxy.fixtures.apiserver.EmbeddedApiServer;
import io.apfproxy.fixtures.raw.NeverFull;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.OpenSSLEngineOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * An upstream that costs little: what loads ask for are bytes made at its start, the same for
 * everybody. All else, which is what our proxy asks for itself, an embedded API server answers
 * behind it.
 */
final class FastUpstream {
  /** An object of 2 KiB. */
  static final String SMALL = "/api/v1/namespaces/default/configmaps/small";

  /** 1.85 MB in 200 objects. */
  static final String LIST = "/api/v1/namespaces/default/configmaps";

  /** Begins with a bookmark; then nothing comes. */
  static final String WATCH = LIST + "?watch=true&resourceVersion=7&allowWatchBookmarks=true";

  /** Has no answer. */
  static final String HELD = LIST + "/held";

  /** User of the loads. */
  static final String USER = "measured";

  /** What it prints before its port, once it listens. */
  static final String LISTENS = "listens at ";

  private static final String PROXY = "apf-proxy";
  private static final int STREAMS = 1_000;

  private final Map<String, Buffer> made = CannedObjects.byTarget(SMALL, LIST);
  private final Buffer bookmark = CannedObjects.bookmark();
  private final Relay relay;

  private FastUpstream(Relay relay) {
    this.relay = relay;
  }

  /** The argument is the folder of the {@link Site}. */
  public static void main(String[] args) throws IOException {
    Site site = new Site(Path.of(args[0]));
    Path folder = Files.createDirectories(site.folder().resolve("api"));
    EmbeddedApiServer api =
        EmbeddedApiServer.builder(folder)
            .user(USER)
            .user(PROXY, "system:masters")
            .allow(USER, "*", "*")
            .allow(PROXY, "*", "*")
            .start();
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    FastUpstream upstream = new FastUpstream(new Relay(vertx, api.port()));
    Future<HttpServer> listening =
        vertx
            .createHttpServer(options(site))
            .connectionHandler(NeverFull::make)
            .requestHandler(upstream::answer)
            .listen();
    int port =
        listening
            .toCompletionStage()
            .toCompletableFuture()
            .orTimeout(30, TimeUnit.SECONDS)
            .join()
            .actualPort();
    String url = "https://127.0.0.1:" + port;
    api.writeKubeconfig(site.kubeconfig(), PROXY, url, Files.readString(site.authority()));
    System.out.println(LISTENS + port + " " + api.token(USER));
  }

  private static HttpServerOptions options(Site site) {
    return new HttpServerOptions()
        .setHost("127.0.0.1")
        .setPort(0)
        .setSsl(true)
        .setUseAlpn(true)
        .setSslEngineOptions(new OpenSSLEngineOptions())
        .setKeyCertOptions(
            new PemKeyCertOptions()
                .setCertPath(site.upstreamCertificate().toString())
                .setKeyPath(site.upstreamKey().toString()))
        .setInitialSettings(new Http2Settings().setMaxConcurrentStreams(STREAMS));
  }

  private void answer(HttpServerRequest request) {
    Buffer body = HttpMethod.GET.equals(request.method()) ? made.get(request.uri()) : null;
    if (body != null) {
      head(request).putHeader("Content-Length", Integer.toString(body.length())).end(body);
    } else if (request.uri().equals(WATCH)) {
      head(request).setChunked(true).write(bookmark);
    } else if (!request.uri().equals(HELD)) {
      relay.pass(request);
    }
  }

  private static HttpServerResponse head(HttpServerRequest request) {
    return request
        .response()
        .putHeader("Content-Type", "application/json")
        .putHeader("Cache-Control", "no-cache, private");
  }
}
