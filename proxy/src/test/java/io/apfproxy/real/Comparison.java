package io.apfproxy.real;

import com.fasterxml.jackson.databind.JsonNode;
import io.apfproxy.fixtures.raw.WireResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One probe's two answers, and all that is known about how each came about.
 *
 * @param direct the server's answer
 * @param proxied the proxy's
 * @param directEvent the server's record of the first; null if it made none
 * @param proxiedEvent the server's record of the second; null if it made none
 * @param reading how the proxy read the request and where it put it; null if it refused it before
 * @param serversChoice names of schema and level that the server chose for the first; null if it
 *     answered without flow control
 */
record Comparison(
    Probe probe,
    WireResponse direct,
    WireResponse proxied,
    AuditEvents.Event directEvent,
    AuditEvents.Event proxiedEvent,
    JsonNode reading,
    String serversChoice) {
  /** Headers of one exchange, and those of the connection. */
  private static final Set<String> OF_THE_EXCHANGE =
      Set.of("date", "audit-id", "content-length", "transfer-encoding", "connection");

  /** How many answers there were of each status, and how many requests went into each schema. */
  static String census(List<Comparison> comparisons) {
    TreeMap<String, Long> counts =
        comparisons.stream()
            .flatMap(
                one ->
                    Stream.of(
                        String.valueOf(one.direct.status()),
                        String.valueOf(one.serversChoice),
                        String.valueOf(Purpose.of(one))))
            .collect(Collectors.groupingBy(key -> key, TreeMap::new, Collectors.counting()));
    return counts.toString();
  }

  /** What differs, with the request; empty if nothing does. */
  String difference() {
    List<String> found = new ArrayList<>();
    Purpose purpose = Purpose.of(this);
    if (proxied.status() == DifferentialRun.LOST) {
      found.add("no answer: server " + direct.status() + "\n        proxy " + proxied.body());
    } else if (purpose.isOwnAnswer()) {
      compare(found, "status (" + purpose + ")", purpose.status(this), proxied.status());
      compare(found, "audit event (" + purpose + ")", null, proxiedEvent);
    } else {
      compare(found, "status", direct.status(), proxied.status());
      compare(found, "headers", headers(direct), headers(proxied));
      if (!hasMovingBody()) {
        compare(found, "body", ComparableBody.of(direct), ComparableBody.of(proxied));
      }
      compare(found, "audit event", directEvent, proxiedEvent);
      if (purpose != Purpose.IMPERSONATION_DENIED) {
        compare(found, "schema and level", serversChoice, proxysChoice());
      }
      compareReadings(found);
    }
    return found.isEmpty() ? "" : probe + "\n    " + String.join("\n    ", found);
  }

  /** Documents about the server itself, which this run changes: counters, lists of stacks. */
  private boolean hasMovingBody() {
    return directEvent != null && directEvent.uri().matches("/+(debug|metrics)/.*");
  }

  private static String headers(WireResponse response) {
    TreeMap<String, List<String>> shown = new TreeMap<>(response.headers());
    shown.keySet().removeIf(name -> OF_THE_EXCHANGE.contains(name) || name.startsWith("x-apf-"));
    // of /openapi/v3 it is the moment of the answer
    shown.computeIfPresent("last-modified", (name, moment) -> List.of("~"));
    return shown.toString();
  }

  private String proxysChoice() {
    return proxied
        .header("x-apf-flowschema")
        .map(schema -> schema + " " + proxied.header("x-apf-prioritylevel").orElse(""))
        .orElse(null);
  }

  private void compareReadings(List<String> found) {
    if (directEvent == null) {
      return; // nobody was told how the server read it
    }
    if (reading == null) {
      found.add("the proxy did not read what the server did");
      return;
    }
    compare(found, "verb", directEvent.verb(), reading.get("verb").asText());
    directEvent.object().forEach((field, value) -> compareField(found, field, value));
  }

  private void compareField(List<String> found, String field, String server) {
    String ours = reading.get(field).asText();
    // the server writes down the name of what it created, which is in the body
    boolean fromBody =
        field.equals("name") && ours.isEmpty() && directEvent.verb().equals("create");
    // bytes that are no UTF-8 have no common text form
    if (!fromBody) {
      compare(found, field, server.replace('\ufffd', '?'), ours);
    }
  }

  private static void compare(List<String> found, String what, Object server, Object proxy) {
    if (!Objects.equals(server, proxy)) {
      found.add(what + ": server " + cut(server) + "\n        proxy " + cut(proxy));
    }
  }

  private static String cut(Object value) {
    String text = String.valueOf(value);
    return text.length() > 600 ? text.substring(0, 600) + "... " + text.length() : text;
  }
}
