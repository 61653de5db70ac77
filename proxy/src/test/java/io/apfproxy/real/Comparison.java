package io.apfproxy.real;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.apfproxy.fixtures.raw.WireResponse;
import io.apfproxy.fixtures.realcluster.ControlPlane;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int WORKERS = 8;
  private static final Pattern READING = Pattern.compile("(?m) RequestLog: request (\\{.*})$");

  /** Headers of one exchange, and those of the connection. */
  private static final Set<String> OF_THE_EXCHANGE =
      Set.of("date", "audit-id", "content-length", "transfer-encoding", "connection");

  private record Answers(Probe probe, WireResponse direct, WireResponse proxied) {}

  /** Sends each probe to the server and then to the proxy. */
  static List<Comparison> ofAll(
      ControlPlane cluster,
      ProxyProcess proxy,
      Map<String, Callers.Credential> credentials,
      List<Probe> probes)
      throws Exception {
    Map<String, String> schemas = ClassificationRealIT.namesByUid(cluster, "flowschemas");
    Map<String, String> levels =
        ClassificationRealIT.namesByUid(cluster, "prioritylevelconfigurations");
    List<Answers> answers = sendAll(cluster, proxy, credentials, probes);
    AuditEvents audit = AuditEvents.read(cluster);
    Map<String, JsonNode> readings = readings(proxy.log());
    return answers.stream()
        .map(
            both ->
                new Comparison(
                    both.probe(),
                    both.direct(),
                    both.proxied(),
                    audit.get(both.direct().header("audit-id").orElse("")),
                    audit.get(both.proxied().header("audit-id").orElse("")),
                    readings.get(both.proxied().header("audit-id").orElse("")),
                    both.direct()
                        .header("x-kubernetes-pf-flowschema-uid")
                        .map(
                            uid ->
                                schemas.get(uid)
                                    + " "
                                    + levels.get(
                                        both.direct()
                                            .header("x-kubernetes-pf-prioritylevel-uid")
                                            .orElse("")))
                        .orElse(null)))
        .toList();
  }

  private static List<Answers> sendAll(
      ControlPlane cluster,
      ProxyProcess proxy,
      Map<String, Callers.Credential> credentials,
      List<Probe> probes)
      throws Exception {
    ExecutorService workers = Executors.newFixedThreadPool(WORKERS);
    try {
      List<Future<List<Answers>>> parts = new ArrayList<>();
      for (int worker = 0; worker < WORKERS; worker++) {
        int remainder = worker;
        parts.add(
            workers.submit(
                () -> {
                  List<Answers> answers = new ArrayList<>();
                  try (Callers straight =
                          new Callers(cluster, cluster.url(), cluster.pki("ca.crt"), credentials);
                      Callers through =
                          new Callers(cluster, proxy.url(), proxy.certificate(), credentials)) {
                    for (Probe probe : probes) {
                      if (probe.number() % WORKERS == remainder) {
                        answers.add(
                            new Answers(probe, send(straight, probe), send(through, probe)));
                      }
                    }
                  }
                  return answers;
                }));
      }
      List<Answers> all = new ArrayList<>();
      for (Future<List<Answers>> part : parts) {
        all.addAll(part.get());
      }
      return all;
    } finally {
      workers.shutdownNow();
    }
  }

  private static WireResponse send(Callers callers, Probe probe) {
    try {
      return callers.send(probe);
    } catch (IOException e) {
      throw new IllegalStateException("no answer to " + probe, e);
    }
  }

  private static Map<String, JsonNode> readings(String log) throws IOException {
    Map<String, JsonNode> byId = new HashMap<>();
    Matcher line = READING.matcher(log);
    while (line.find()) {
      JsonNode reading = JSON.readTree(line.group(1));
      byId.put(reading.get("auditId").asText(), reading);
    }
    return byId;
  }

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
    if (purpose.isOwnAnswer()) {
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
    return directEvent != null && directEvent.uri().startsWith("/debug/");
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
