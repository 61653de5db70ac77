package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.apfproxy.cli.UsageException;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The access log of a proxy before a server. Specification seeing.md V-90 to V-93. */
class AccessLogIT extends AppFixture {
  private List<JsonNode> lines(Path file) throws Exception {
    List<JsonNode> lines = new ArrayList<>();
    if (Files.exists(file)) {
      for (String line : Files.readAllLines(file)) {
        lines.add(new ObjectMapper().readTree(line));
      }
    }
    return lines;
  }

  @Test
  void tellsOfEachRequestUnderTheIdThatItsClientSaw() throws Exception {
    Path file = directory.resolve("access.log");
    start("--access-log=" + file);

    HttpResponse<Void> served = client().send(asAlice(NAMESPACES), BodyHandlers.discarding());
    HttpResponse<Void> unread =
        client().send(asAlice(NAMESPACES + "?timeout=abc"), BodyHandlers.discarding());

    await().until(() -> lines(file).size() == 2);
    JsonNode list = lines(file).get(0);
    assertThat(list.path("verb").asText()).isEqualTo("LIST");
    assertThat(list.path("user").asText()).isEqualTo("alice");
    assertThat(list.path("proto").asText()).isEqualTo("HTTP/2.0");
    assertThat(list.path("resp").asInt()).isEqualTo(200);
    assertThat(list.path("apf_iseats").asInt()).isPositive();
    assertThat(list.path("bytes_out").asInt()).isPositive();
    assertThat(served.statusCode()).isEqualTo(200);
    JsonNode refused = lines(file).get(1);
    assertThat(refused.path("resp").asInt()).isEqualTo(unread.statusCode()).isEqualTo(400);
    assertThat(refused.path("audit-ID").asText())
        .isEqualTo(unread.headers().firstValue("Audit-Id").orElseThrow());
    assertThat(refused.path("apf_refused").asText()).isEqualTo("timeout");
    assertThat(admin("/metrics").body())
        .contains("apf_proxy_access_log_dropped_total{log=\"access\"} 0.0")
        .contains("apf_proxy_bound_limit{rule=\"access-log\"} 10000.0");
  }

  @Test
  void isNotWrittenUnasked() throws Exception {
    start();
    client().send(asAlice(NAMESPACES), BodyHandlers.discarding());
    assertThat(admin("/metrics").body()).doesNotContain("access_log");
  }

  @Test
  void wantsAFolderThatIsThere() {
    Path nowhere = directory.resolve("nowhere").resolve("access.log");
    assertThatThrownBy(() -> start("--access-log=" + nowhere))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("--access-log: found \"" + nowhere + "\"")
        .hasMessageContaining("expected a file in a folder that is there, or - for standard");
  }
}
