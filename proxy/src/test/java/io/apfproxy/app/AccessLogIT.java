package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.apfproxy.cli.UsageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The access log of a proxy before a server. Specification seeing.md V-90 to V-93. */
class AccessLogIT extends AppFixture {
  private static final int REQUESTS = 20;
  private static final String DROPPED = "apf_proxy_access_log_dropped_total{log=\"access\"}";

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
    await().until(() -> lines(file).size() == 1); // it is told after its client was answered
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

  private void answered(int requests) throws Exception {
    HttpClient client = client();
    for (int i = 0; i < requests; i++) {
      assertThat(client.send(asAlice(NAMESPACES), BodyHandlers.discarding()).statusCode())
          .isEqualTo(200);
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void holdsUpNobodyWhereTheDiskIsFullAndCountsWhatIsLost() throws Exception {
    start("--access-log=/dev/full");

    answered(REQUESTS);

    await().until(() -> LocalProxy.metric(proxy, DROPPED) == REQUESTS);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void holdsUpNobodyWhileNobodyReadsItsPipe() throws Exception {
    Path pipe = directory.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    start("--access-log=" + pipe);

    answered(REQUESTS);

    assertThat(LocalProxy.metric(proxy, DROPPED)).isZero();
    assertThat(CompletableFuture.supplyAsync(() -> first(REQUESTS, pipe)).get(60, TimeUnit.SECONDS))
        .as("what waited until somebody read it")
        .hasSize(REQUESTS)
        .allMatch(line -> line.contains("\"resp\":200"));
  }

  private static List<String> first(int lines, Path pipe) {
    try (Stream<String> read = Files.lines(pipe)) {
      return read.limit(lines).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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
