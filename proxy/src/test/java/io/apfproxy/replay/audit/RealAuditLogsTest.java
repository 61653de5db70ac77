package io.apfproxy.replay.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.apfproxy.cli.StartException;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.replay.Configurations;
import io.apfproxy.replay.Witness;
import io.apfproxy.replay.figures.Report;
import io.apfproxy.request.RequestTimeout;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Lines that kube-apiservers of several versions wrote, one of each shape, beside where these
 * servers put the requests: {@code X-Kubernetes-PF-FlowSchema-UID} and the like of the answers, by
 * name, and whether the answer was that of their flow control.
 */
@Tag("V-46")
class RealAuditLogsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String NOWHERE = "- - -";

  @TempDir Path folder;

  private static String resource(String name) throws IOException {
    try (InputStream in = RealAuditLogsTest.class.getResourceAsStream("/audit/" + name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Schema, level and {@code refused} by audit id and stage. */
  private static Map<String, String> places(String version) throws IOException {
    Map<String, String> places = new HashMap<>();
    resource(version + ".places.txt")
        .lines()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.split(" ", 3))
        .forEach(parts -> places.put(parts[0] + " " + parts[1], parts[2]));
    return places;
  }

  private LogReplay read(String text) throws IOException, StartException {
    Path log = java.nio.file.Files.writeString(folder.resolve("a.log"), text);
    return LogReplay.read(
        new LogReplay.Question(
            List.of(log.toString()),
            LogWindow.ALL,
            null,
            1,
            configuration(),
            600,
            new RequestTimeout(Duration.ofMinutes(1)),
            0,
            0L,
            new TreeMap<>(),
            null,
            8 << 20,
            folder,
            20));
  }

  private static FlowControlConfiguration configuration() throws IOException {
    return Configurations.overBuiltIn(resource("objects.yaml"));
  }

  private static Report run(LogReplay log, Witness witness) throws IOException {
    return log.compare(null, configuration(), 600, Witness.NONE, witness);
  }

  /** What a log of this line alone gives. */
  private String outcome(JsonNode event, List<String> excluded) throws IOException {
    List<String> outcomes = new ArrayList<>();
    try (LogReplay log = read(event + "\n")) {
      Report report =
          run(
              log,
              (where, digest, fate) -> {
                JsonNode other = event.path("impersonatedUser");
                JsonNode who = other.isMissingNode() ? event.path("user") : other;
                assertThat(digest.user().name()).isEqualTo(who.path("username").asText());
                assertThat(digest.info().verb()).isEqualTo(event.path("verb").asText());
                outcomes.add(where.flowSchema() + " " + where.priorityLevel());
              });
      boolean refused =
          report.cautions().stream().anyMatch(caution -> caution.contains("were refused by flow"));
      // of a watch the line that it began counts with the line that it ended
      boolean half = event.path("stage").asText().equals("ResponseStarted");
      boolean tooMany = event.path("responseStatus").path("code").asInt() == 429;
      return outcomes.get(0) + (refused || (half && tooMany) ? " refused" : " -");
    } catch (StartException e) {
      String message = String.valueOf(e.getMessage());
      assertThat(message).startsWith("LOG: found no request in 1 events, expected some; ");
      excluded.add(message.substring(message.indexOf(';') + 2));
      return NOWHERE;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.30.14", "1.36.3", "1.37.1"})
  void standWhereTheirServersPutThem(String version) throws Exception {
    Map<String, String> places = places(version);
    for (String line : resource(version + ".log").lines().toList()) {
      JsonNode event = JSON.readTree(line);
      String stage = event.path("stage").asText();
      List<String> excluded = new ArrayList<>();
      String outcome = outcome(event, excluded);
      if (stage.equals("RequestReceived")) {
        assertThat(excluded).as(line).containsExactly("other stages 1");
      } else if (event.path("user").path("username").asText().equals("system:apiserver")) {
        assertThat(excluded).as(line).containsExactly("system:apiserver 1");
      } else {
        assertThat(outcome)
            .as(line)
            .isEqualTo(places.get(event.path("auditID").asText() + " " + stage));
        if (outcome.equals(NOWHERE)) {
          assertThat(excluded).as(line).containsExactly(why(event) + " 1");
        }
      }
    }
  }

  private static String why(JsonNode event) {
    String part = event.path("objectRef").path("subresource").asText();
    if (Set.of("exec", "log", "proxy").contains(part)) {
      return event.path("stage").asText().equals("ResponseStarted")
          ? "other stages"
          : "long-running";
    }
    if (event.path("responseStatus").path("code").asInt() == 401) {
      return "401";
    }
    // a time limit that is none is found before who asks is; the rest may not act as another
    return event.path("user").path("username").isMissingNode()
        ? "other stages"
        : "ended before flow control";
  }

  /** Every line is one of them, none is bad; a request counts once. */
  @ParameterizedTest
  @ValueSource(strings = {"1.30.14", "1.36.3", "1.37.1"})
  void areAllAccountedFor(String version) throws Exception {
    Map<String, String> places = places(version);
    String text = resource(version + ".log");
    Set<String> simulated = new HashSet<>();
    Set<String> refused = new HashSet<>();
    for (String line : text.lines().toList()) {
      JsonNode event = JSON.readTree(line);
      String id = event.path("auditID").asText();
      String place = places.get(id + " " + event.path("stage").asText());
      if (!event.path("stage").asText().equals("RequestReceived")
          && !event.path("user").path("username").asText().equals("system:apiserver")
          && !Objects.requireNonNull(place, line).equals(NOWHERE)) {
        simulated.add(id);
        if (place.endsWith(" refused")) {
          refused.add(id);
        }
      }
    }
    try (LogReplay log = read(text)) {
      Report report = run(log, Witness.NONE);
      assertThat(ReplayFixture.amounts(report))
          .containsEntry("events read", text.lines().count())
          .containsEntry("simulated", (long) simulated.size())
          .doesNotContainKeys("bad", "excluded: not understood");
      assertThat(refused).hasSizeGreaterThan(2);
      assertThat(report.after().requests()).isEqualTo(simulated.size());
    }
  }
}
