package io.apfproxy.real;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.apfproxy.fixtures.realcluster.ControlPlane;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What came to a kube-apiserver, second by second, by its audit log. */
final class Arrivals {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final SortedMap<Long, Integer> bySecond = new TreeMap<>();
  private final SortedMap<String, Integer> answers = new TreeMap<>();

  private Arrivals() {}

  /**
   * Those of one user from an instant on.
   *
   * @param from of the clock on the wall; the seconds are counted from it
   */
  static Arrivals of(ControlPlane cluster, String user, Instant from) {
    Map<String, JsonNode> last = new HashMap<>();
    for (String line : cluster.auditLog()) {
      JsonNode event = parse(line);
      if (event.has("auditID")
          && event.path("user").path("username").asText().equals(user)
          && !received(event).isBefore(from)) {
        last.put(event.get("auditID").asText(), event); // a watch is told of twice
      }
    }
    Arrivals found = new Arrivals();
    for (JsonNode event : last.values()) {
      long second = (received(event).toEpochMilli() - from.toEpochMilli()) / 1_000;
      found.bySecond.merge(second, 1, Integer::sum);
      String answer =
          event.get("verb").asText() + " " + event.path("responseStatus").path("code").asInt();
      found.answers.merge(answer, 1, Integer::sum);
    }
    return found;
  }

  private static Instant received(JsonNode event) {
    return Instant.parse(event.get("requestReceivedTimestamp").asText());
  }

  /** What a server that was killed had written by half is none. */
  private static JsonNode parse(String line) {
    try {
      return JSON.readTree(line);
    } catch (IOException e) {
      return MissingNode.getInstance();
    }
  }

  /** How many in each second in which any came. */
  SortedMap<Long, Integer> bySecond() {
    return bySecond;
  }

  /** How many, by verb and status. */
  SortedMap<String, Integer> answers() {
    return answers;
  }

  /** The most of one second. */
  int peak() {
    return bySecond.values().stream().mapToInt(Integer::intValue).max().orElse(0);
  }
}
