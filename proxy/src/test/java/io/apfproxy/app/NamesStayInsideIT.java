package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Names of users, agents and namespaces are shown where they are to be, and nowhere else. */
@Tag("V-03")
class NamesStayInsideIT extends AppFixture {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String CANARY = "canary";
  private static final List<String> USERS = List.of("canary-of-a", "canary-of-b");

  /** Whoever reads these is to know. */
  private static final String TOP = "/debug/apf-proxy/top?sort=requests";

  private static final String REFUSALS = "/debug/apf-proxy/refusals";

  @Override
  List<String> users() {
    return USERS;
  }

  private void startRefusing(String... more) throws Exception {
    String levels = Narrow.level(directory, "narrow", 0, "{type: Reject}", List.of("canary-of-b"));
    start(
        Stream.of(Stream.of(levels, "--expose-flow-headers"), Stream.of(more))
            .flatMap(flags -> flags)
            .toArray(String[]::new));
  }

  private HttpResponse<String> ask(HttpClient client, String user) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(
                as(user, "/api/v1/namespaces/canary-space/configmaps/canary-map"),
                (name, value) -> true)
            .header("User-Agent", "canary-agent")
            .build();
    return client.send(request, BodyHandlers.ofString());
  }

  @Test
  void metricsAndDumpsNameNobody() throws Exception {
    startRefusing();
    HttpClient client = client();

    assertThat(ask(client, "canary-of-a").headers().map().toString())
        .as("a forwarded answer")
        .doesNotContain(CANARY);
    HttpResponse<String> refused = ask(client, "canary-of-b");

    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.body() + refused.headers().map()).doesNotContain(CANARY);
    String who = await().atMost(LONG).until(() -> admin(TOP).body(), page -> page.contains(CANARY));
    assertThat(who).as("where names are to be").contains("canary-of-a");
    assertThat(admin(REFUSALS).body()).contains("canary-of-b", "canary-agent", "canary-space");
    for (String page :
        List.of(
            "/metrics",
            "/readyz?verbose",
            "/debug/api_priority_and_fairness/dump_priority_levels",
            "/debug/api_priority_and_fairness/dump_queues")) {
      assertThat(admin(page).body()).as(page).isNotEmpty().doesNotContain(CANARY);
    }
  }
}
