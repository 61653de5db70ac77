package io.apfproxy.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What kube-apiserver's own types allow an event of an audit log to be. Source: reference,
 * k8s.io/apiserver pkg/apis/audit/v1/types.go, {@code Event}, with strict decoding.
 */
public final class AuditSchema {
  private static final Predicate<JsonNode> TEXT = JsonNode::isTextual;
  private static final Predicate<JsonNode> TEXTS = list(TEXT);
  private static final Predicate<JsonNode> USER =
      object(Map.of("username", TEXT, "uid", TEXT, "groups", TEXTS, "extra", JsonNode::isObject));
  private static final Predicate<JsonNode> REFERENCE =
      object(
          Map.of(
              "resource", TEXT,
              "namespace", TEXT,
              "name", TEXT,
              "uid", TEXT,
              "apiGroup", TEXT,
              "apiVersion", TEXT,
              "resourceVersion", TEXT,
              "subresource", TEXT));
  private static final Predicate<JsonNode> STATUS =
      object(Map.of("metadata", JsonNode::isObject, "code", JsonNode::isInt, "status", TEXT));

  private static final Map<String, Predicate<JsonNode>> EVENT =
      Map.ofEntries(
          Map.entry("kind", node -> node.asText().equals("Event")),
          Map.entry("apiVersion", node -> node.asText().equals("audit.k8s.io/v1")),
          Map.entry("level", oneOf("None", "Metadata", "Request", "RequestResponse")),
          Map.entry("auditID", TEXT),
          Map.entry(
              "stage", oneOf("RequestReceived", "ResponseStarted", "ResponseComplete", "Panic")),
          Map.entry("requestURI", TEXT),
          Map.entry("verb", TEXT),
          Map.entry("user", USER),
          Map.entry("impersonatedUser", USER),
          Map.entry("sourceIPs", TEXTS),
          Map.entry("userAgent", TEXT),
          Map.entry("objectRef", REFERENCE),
          Map.entry("responseStatus", STATUS),
          Map.entry("requestReceivedTimestamp", AuditSchema::isTime),
          Map.entry("stageTimestamp", AuditSchema::isTime),
          Map.entry("annotations", node -> allOf(node, TEXT)));

  private static final Set<String> NEEDED =
      Set.of("kind", "apiVersion", "level", "auditID", "stage", "requestURI", "verb", "user");

  private AuditSchema() {}

  private static boolean isTime(JsonNode node) {
    return node.asText().matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z");
  }

  private static Predicate<JsonNode> oneOf(String... values) {
    return node -> List.of(values).contains(node.asText());
  }

  private static Predicate<JsonNode> list(Predicate<JsonNode> of) {
    return node -> node.isArray() && allOf(node, of);
  }

  private static boolean allOf(JsonNode node, Predicate<JsonNode> of) {
    for (JsonNode element : node) {
      if (!of.test(element)) {
        return false;
      }
    }
    return true;
  }

  private static Predicate<JsonNode> object(Map<String, Predicate<JsonNode>> fields) {
    return node ->
        node.isObject()
            && node.properties().stream()
                .allMatch(
                    field ->
                        fields
                            .getOrDefault(field.getKey(), unknown -> false)
                            .test(field.getValue()));
  }

  /** Fails if this is no event, or has a field that events do not have. */
  public static void check(JsonNode line) {
    NEEDED.forEach(name -> assertThat(line.has(name)).as("%s of %s", name, line).isTrue());
    assertThat(line.properties())
        .allSatisfy(
            field -> {
              assertThat(EVENT).as("%s", line).containsKey(field.getKey());
              assertThat(EVENT.get(field.getKey()).test(field.getValue()))
                  .as("%s: %s", field.getKey(), field.getValue())
                  .isTrue();
            });
  }
}
