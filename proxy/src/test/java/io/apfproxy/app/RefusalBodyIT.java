package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is in the answers to those whom a level refuses. */
@Tag("V-03")
@Tag("V-25")
@Tag("V-27")
class RefusalBodyIT extends AppFixture {
  private static final String MAP = "/api/v1/namespaces/default/configmaps/slow";
  private static final int CANARIES = 16;
  private static final int ENOUGH = 10_000;
  private static final int AT_A_TIME = 128;
  private static final ObjectMapper JSON = new ObjectMapper();

  private static String canary(int i) {
    return "canary-" + (char) ('a' + i) + "-of-the-mine";
  }

  @Override
  List<String> users() {
    return IntStream.range(0, CANARIES).mapToObj(RefusalBodyIT::canary).toList();
  }

  private void startRefusing(int shares) throws Exception {
    start(
        Narrow.level(directory, "narrow", shares, "{type: Reject}", users()),
        Narrow.SEATS.get(0),
        Narrow.SEATS.get(1),
        "--expose-flow-headers");
  }

  private HttpRequest request(int i) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(as(canary(i % CANARIES), MAP), (name, value) -> true)
            .header("User-Agent", "agent of " + canary(i % CANARIES));
    return (i % 3 == 0 ? request : request.header("Accept", "application/json")).build();
  }

  /** Also who else uses the level is unknown to them: the first of them holds its only seat. */
  @Test
  void nobodyIsToldOfAnybodyElse() throws Exception {
    startRefusing(1);
    upstream.script().on("get", MAP).delay(Duration.ofMillis(20)).play();
    HttpClient client = client();
    int refused = 0;
    for (int i = 0; refused < ENOUGH; ) {
      List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
      int first = i;
      for (; i < first + AT_A_TIME; i++) {
        answers.add(client.sendAsync(request(i), BodyHandlers.ofString()));
      }
      for (int n = 0; n < AT_A_TIME; n++) {
        HttpResponse<String> answer = answers.get(n).join();
        if (answer.statusCode() == 429) {
          refused++;
          assertThat((answer.body() + answer.headers().map()).replace(own(first + n), ""))
              .doesNotContain("canary-");
        }
      }
    }
    assertThat(JSON.readTree(admin("/debug/apf-proxy/refusals").body()).path("total").asLong())
        .isEqualTo(refused);
  }

  private static String own(int i) {
    return canary(i % CANARIES);
  }

  @Test
  void fabric8ShowsTheMessageAndComesAgain() throws Exception {
    startRefusing(0);
    String user = canary(1);
    Config config =
        new ConfigBuilder(Config.empty())
            .withMasterUrl(LocalProxy.url(proxy, "").toString())
            .withCaCertData(Files.readString(proxy.certificateAuthority()))
            .withOauthToken(upstream.token(user))
            .withRequestRetryBackoffLimit(1)
            .withRequestRetryBackoffInterval(1)
            .build();
    try (KubernetesClient client = new KubernetesClientBuilder().withConfig(config).build()) {
      KubernetesClientException refused =
          catchThrowableOfType(
              KubernetesClientException.class,
              () -> client.configMaps().inNamespace("default").withName("slow").get());

      assertThat(refused.getCode()).isEqualTo(429);
      assertThat(refused.getMessage())
          .contains(
              "too many requests: no seat is free, and requests of this kind do not wait;"
                  + " try again in 1 s");
      assertThat(refused.getStatus().getDetails().getCauses())
          .extracting(cause -> cause.getReason() + " " + cause.getMessage())
          .contains("Seats 1", "FlowSchema narrow", "PriorityLevel narrow");
    }
    JsonNode rows =
        JSON.readTree(admin("/debug/apf-proxy/refusals?user=" + user).body()).path("rows");
    assertThat(rows).as("asked twice").hasSize(2);
    assertThat(rows.get(0).path("retryAfterSeconds").asInt()).isEqualTo(1);
    assertThat(rows.get(0).path("limit").asInt(-1)).as("a level without seats").isZero();
  }
}
