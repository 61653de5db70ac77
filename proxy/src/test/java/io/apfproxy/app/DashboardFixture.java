package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.apfproxy.fixtures.browser.Chromium;
import io.apfproxy.fixtures.browser.Page;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;

/**
 * A proxy whose level {@code narrow} has one seat and two places for alice, who wants more; and a
 * browser.
 */
abstract class DashboardFixture extends AppFixture {
  static final Path PICTURES = Path.of("target", "screenshots");
  static final String STATE = "/debug/apf-proxy/state";
  static final String SLOW = "/api/v1/namespaces/default/configmaps/slow";
  static final int FLOOD = 12;
  static final int SMALL = 360;

  private static final int DESKTOP = 1280;
  private static final int LEAST_HEIGHT = 740;
  private static final int MOST_HEIGHT = 3000;

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String RESPONSE =
      "{type: Queue, queuing: {queues: 64, handSize: 1, queueLengthLimit: 2}}";

  static Chromium chromium;

  @BeforeAll
  static void startBrowser() throws IOException, InterruptedException {
    Optional<Path> binary = Chromium.find();
    Assumptions.assumeTrue(binary.isPresent(), "chromium is not on the PATH");
    chromium = Chromium.start(binary.get());
  }

  @AfterAll
  static void stopBrowser() {
    if (chromium != null) {
      chromium.close();
    }
  }

  void startNarrow(String... flags) throws Exception {
    start(
        Stream.concat(
                Stream.of(
                    Narrow.level(directory, "narrow", 1, RESPONSE, List.of("alice")),
                    "--max-requests-inflight=20",
                    "--max-mutating-requests-inflight=4",
                    "--request-timeout=10m", // so a minute in the queue, while a page is read
                    "--shutdown-grace=1s"),
                Stream.of(flags))
            .toArray(String[]::new));
  }

  /**
   * Alice's requests: one is executing and two wait until the test ends, the others are refused.
   */
  List<CompletableFuture<HttpResponse<Void>>> flood() throws Exception {
    upstream.script().on("get", SLOW).delay(Duration.ofMinutes(10)).play();
    HttpClient client = client();
    List<CompletableFuture<HttpResponse<Void>>> answers = new ArrayList<>();
    for (int i = 0; i < FLOOD; i++) {
      answers.add(client.sendAsync(slow(), BodyHandlers.discarding()));
    }
    await()
        .atMost(LONG)
        .until(() -> answers.stream().filter(CompletableFuture::isDone).count() == FLOOD - 3);
    await().atMost(LONG).until(() -> level(state(), "narrow").path("waiting").asInt() == 2);
    return answers;
  }

  /** One of alice's that lasts as long as a test. */
  HttpRequest slow() {
    return HttpRequest.newBuilder(asAlice(SLOW), (name, value) -> true)
        .timeout(Duration.ofMinutes(10))
        .build();
  }

  JsonNode state() throws Exception {
    HttpResponse<String> answer = admin(STATE);
    assertThat(answer.statusCode()).isEqualTo(200);
    return JSON.readTree(answer.body());
  }

  static JsonNode level(JsonNode state, String name) {
    for (JsonNode level : state.path("levels")) {
      if (level.path("name").asText().equals(name)) {
        return level;
      }
    }
    throw new AssertionError(name + " in " + state);
  }

  String origin() {
    return "http://127.0.0.1:" + proxy.adminPort();
  }

  Page page(String view) {
    return chromium.open().go(origin() + "/ui/" + view);
  }

  /**
   * What is shown, from its top to its end, on a desktop and on a small screen, light and dark; of
   * neither does it run out at the side.
   */
  static void photograph(Page page, String name) throws IOException {
    for (int width : List.of(SMALL, DESKTOP)) {
      page.size(width, LEAST_HEIGHT);
      assertThat(page.ask("document.documentElement.scrollWidth").asInt())
          .as(name)
          .isLessThanOrEqualTo(width);
      int height = page.ask("document.documentElement.scrollHeight").asInt();
      page.size(width, Math.min(height, MOST_HEIGHT));
      for (String theme : List.of("dark", "light")) {
        page.theme(theme).photograph(PICTURES.resolve(name + "-" + width + "-" + theme + ".png"));
      }
    }
    page.size(DESKTOP, LEAST_HEIGHT);
  }
}
