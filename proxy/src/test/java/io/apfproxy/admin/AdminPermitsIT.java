package io.apfproxy.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A hundred who read what takes long keep nobody from scraping. Specification seeing.md V-06. */
@Tag("S81")
class AdminPermitsIT {
  private static final int READERS = 100;
  private static final int SCRAPES = 200;

  /** Two in the making, and 32 in each of two rows. */
  private static final int SERVED = 2 * 33;

  private static final String EXPLAIN = "/debug/api_priority_and_fairness/explain?method=GET&url=/";
  private static final String TOP = "/debug/apf-proxy/top?limit=";

  private final Slow pages = new Slow();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @RegisterExtension private final RunningAdmin admin = RunningAdmin.plain(pages, AdminDoor.NONE);

  /** Dumps, explanations and top talkers that are not made until the test says so. */
  private static final class Slow extends FakePages {
    private final CountDownLatch asked = new CountDownLatch(2);
    private final CountDownLatch may = new CountDownLatch(1);

    private void stand() {
      asked.countDown();
      try {
        assertThat(may.await(60, TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public Optional<String> explain(
        String method, String url, @Nullable String user, List<String> groups, boolean json) {
      stand();
      return super.explain(method, url, user, groups, json);
    }

    @Override
    public Optional<String> top(
        @Nullable String by,
        @Nullable String window,
        @Nullable String sort,
        @Nullable String limit,
        String output) {
      stand();
      return super.top(by, window, sort, limit, output);
    }
  }

  @AfterEach
  void stop() {
    pages.may.countDown();
  }

  private HttpRequest request(String path) {
    return HttpRequest.newBuilder(URI.create("http://localhost:" + admin.port() + path))
        .timeout(Duration.ofSeconds(60))
        .build();
  }

  private int code(String path) throws Exception {
    return client.send(request(path), BodyHandlers.ofString()).statusCode();
  }

  @Test
  void noScrapeIsRefusedOrWaits() throws Exception {
    // Given
    List<CompletableFuture<HttpResponse<String>>> readers = new ArrayList<>();
    for (int i = 0; i < READERS; i++) { // each asks for a page of his own
      String path = (i % 2 == 0 ? EXPLAIN : TOP) + i;
      readers.add(client.sendAsync(request(path), BodyHandlers.ofString()));
    }
    assertThat(pages.asked.await(60, TimeUnit.SECONDS)).isTrue();

    // When
    long[] nanos = new long[SCRAPES];
    for (int i = 0; i < SCRAPES; i++) {
      assertThat(code("/metrics")).isEqualTo(200);
      long start = System.nanoTime();
      assertThat(code("/debug/apf-proxy/state")).isEqualTo(200);
      nanos[i] = System.nanoTime() - start;
    }

    // Then
    await() // all have come by then
        .until(
            () -> readers.stream().filter(CompletableFuture::isDone).count() == READERS - SERVED);
    assertThat(pages.may.getCount()).as("no page is made by now").isEqualTo(1);
    Arrays.sort(nanos);
    System.out.printf(
        "state beside %d readers: p50 %.1f ms, p99 %.1f ms%n",
        READERS, nanos[SCRAPES / 2] / 1e6, nanos[SCRAPES * 99 / 100] / 1e6);
    pages.may.countDown();
    int served = 0;
    for (CompletableFuture<HttpResponse<String>> reader : readers) {
      int code = reader.get(60, TimeUnit.SECONDS).statusCode();
      assertThat(code).isIn(200, 429);
      served += code == 200 ? 1 : 0;
    }
    assertThat(served).isEqualTo(SERVED);
  }
}
