package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.fixtures.apiserver.EmbeddedApiServer;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an idle watch keeps in the heap: counted in objects, on any machine the same. */
class IdleWatchIT {
  private static final int CLIENTS = 4;
  private static final int WATCHES_OF_A_CLIENT = 75;
  private static final int WATCHES = CLIENTS * WATCHES_OF_A_CLIENT;
  private static final String QUEUE = "MpscUnboundedArrayQueue";

  private static final String HEAD = "DefaultHttp2Headers";
  private static final String AUTHORITY = "HostAndPortImpl";

  /** Of our own classes, in bytes; it is 2,250, and on a busy machine up to 2,650. */
  private static final long MOST_OF_OURS = 2_800;

  @TempDir Path directory;

  @Test
  void keepsLittleOfItsOwnAndNoQueueAndNoHeadOfVertx() throws Exception {
    try (EmbeddedApiServer upstream =
            EmbeddedApiServer.builder(directory)
                .user("alice")
                .allow("alice", "*", "*")
                .streams(100)
                .start();
        ProxyApp proxy =
            LocalProxy.start(
                LocalProxy.options(
                    upstream.adminKubeconfig(),
                    directory,
                    "--event-loops=1",
                    "--goaway-chance=0",
                    "--max-watches-per-user=0",
                    "--max-watch-starts-per-user=0"))) {
      HttpRequest watch =
          HttpRequest.newBuilder(
                  LocalProxy.url(proxy, "/api/v1/namespaces/default/configmaps?watch=true"))
              .header("Authorization", "Bearer " + upstream.token("alice"))
              .build();
      List<HttpResponse<InputStream>> open = new ArrayList<>(watches(proxy, watch));
      ClassHistogram before = ClassHistogram.take();

      for (int i = 0; i < CLIENTS; i++) {
        open.addAll(watches(proxy, watch));
      }

      // the upstream here is Vert.x as well, and keeps one for each
      await()
          .untilAsserted(
              () -> {
                ClassHistogram after = ClassHistogram.take();
                assertThat(after.moreThan(before, name -> name.endsWith(QUEUE)))
                    .as("queues of a watch")
                    .isLessThan(WATCHES * 3 / 2);
                assertThat(after.moreThan(before, name -> name.endsWith(AUTHORITY)))
                    .as("authorities of a watch: the upstream's")
                    .isLessThan(WATCHES * 3 / 2);
                assertThat(after.moreThan(before, name -> name.endsWith(HEAD)))
                    .as("heads of a watch: the upstream's two")
                    .isLessThan(WATCHES * 5 / 2);
                assertThat(after.bytesMoreThan(before, ClassHistogram::isOurs))
                    .as("bytes of ours of a watch")
                    .isLessThan(WATCHES * MOST_OF_OURS);
              });
      assertThat(open).hasSize(WATCHES_OF_A_CLIENT + WATCHES);
    }
  }

  /** Of one more client, so many as one connection bears. */
  private static List<HttpResponse<InputStream>> watches(ProxyApp proxy, HttpRequest watch) {
    HttpClient client = LocalProxy.client(proxy, HttpClient.Version.HTTP_2);
    List<CompletableFuture<HttpResponse<InputStream>>> opening = new ArrayList<>();
    for (int i = 0; i < WATCHES_OF_A_CLIENT; i++) {
      opening.add(
          client.sendAsync(watch, BodyHandlers.ofInputStream()).orTimeout(60, TimeUnit.SECONDS));
    }
    List<HttpResponse<InputStream>> open = opening.stream().map(CompletableFuture::join).toList();
    assertThat(open).allMatch(response -> response.statusCode() == 200);
    return open;
  }
}
