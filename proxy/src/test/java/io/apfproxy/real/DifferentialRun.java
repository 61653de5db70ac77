package io.apfproxy.real;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.apfproxy.fixtures.raw.WireResponse;
import io.apfproxy.fixtures.realcluster.ControlPlane;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionTimeoutException;

/**
 * Sends each probe to the server and then to the proxy, with one protocol, and gathers what both
 * say of it.
 */
final class DifferentialRun {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int WORKERS = 8;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Pattern READING = Pattern.compile("(?m) RequestLog: request (\\{.*})$");

  /** Status in place of one where no whole response came. */
  static final int LOST = 0;

  private final ControlPlane cluster;
  private final ProxyProcess proxy;
  private final Map<String, Callers.Credential> credentials;
  private final WireProtocol protocol;

  /**
   * What came of it.
   *
   * @param comparisons one for each probe
   * @param untouchedByServer how many requests the server asked to send again
   * @param untouchedByProxy how many the proxy did
   * @param cutOffByProxy how many connections the proxy closed without waiting for the last word
   */
  record Result(
      List<Comparison> comparisons,
      int untouchedByServer,
      int untouchedByProxy,
      int cutOffByProxy) {}

  private record Answers(Probe probe, WireResponse direct, WireResponse proxied) {}

  DifferentialRun(
      ControlPlane cluster,
      ProxyProcess proxy,
      Map<String, Callers.Credential> credentials,
      WireProtocol protocol) {
    this.cluster = cluster;
    this.proxy = proxy;
    this.credentials = credentials;
    this.protocol = protocol;
  }

  /** Sends them all, several at a time. */
  Result send(List<Probe> probes) throws Exception {
    List<Callers> straight = callers(() -> Callers.direct(protocol, cluster, credentials));
    List<Callers> through = callers(() -> Callers.through(proxy, protocol, cluster, credentials));
    try {
      List<Comparison> comparisons = compare(sendAll(straight, through, probes));
      return new Result(
          comparisons,
          sum(straight, Callers::untouched),
          sum(through, Callers::untouched),
          sum(through, Callers::cutOff));
    } finally {
      straight.forEach(Callers::close);
      through.forEach(Callers::close);
    }
  }

  /** As many as there are workers, or one for all of them. */
  private List<Callers> callers(Supplier<Callers> made) {
    return IntStream.range(0, protocol.isShared() ? 1 : WORKERS).mapToObj(i -> made.get()).toList();
  }

  private static int sum(List<Callers> callers, ToIntFunction<Callers> count) {
    return callers.stream().mapToInt(count).sum();
  }

  private List<Answers> sendAll(List<Callers> straight, List<Callers> through, List<Probe> probes)
      throws Exception {
    ExecutorService workers = Executors.newFixedThreadPool(WORKERS);
    try {
      List<Future<List<Answers>>> parts = new ArrayList<>();
      for (int worker = 0; worker < WORKERS; worker++) {
        int remainder = worker;
        Callers server = straight.get(worker % straight.size());
        Callers proxied = through.get(worker % through.size());
        parts.add(
            workers.submit(
                () ->
                    probes.stream()
                        .filter(probe -> probe.number() % WORKERS == remainder)
                        .map(p -> new Answers(p, send(server, p), send(proxied, p)))
                        .toList()));
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
      return new WireResponse(LOST, new TreeMap<>(), e.getMessage());
    }
  }

  /** Again while something differs: both may write of a request after its last byte. */
  private List<Comparison> compare(List<Answers> answers) throws IOException {
    Map<String, String> schemas = ClassificationRealIT.namesByUid(cluster, "flowschemas");
    Map<String, String> levels =
        ClassificationRealIT.namesByUid(cluster, "prioritylevelconfigurations");
    AtomicReference<List<Comparison>> last = new AtomicReference<>(List.of());
    try {
      await()
          .atMost(PATIENCE)
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofSeconds(1))
          .until(
              () -> {
                last.set(compared(answers, schemas, levels));
                return last.get().stream().allMatch(one -> one.difference().isEmpty());
              });
    } catch (ConditionTimeoutException e) {
      // they do differ, and who asked says in what
    }
    return last.get();
  }

  private List<Comparison> compared(
      List<Answers> answers, Map<String, String> schemas, Map<String, String> levels)
      throws IOException {
    AuditEvents audit = AuditEvents.read(cluster);
    Map<String, JsonNode> readings = readings(proxy.log());
    return answers.stream()
        .map(
            both ->
                new Comparison(
                    both.probe(),
                    both.direct(),
                    both.proxied(),
                    audit.get(auditId(both.direct())),
                    audit.get(auditId(both.proxied())),
                    readings.get(auditId(both.proxied())),
                    both.direct()
                        .header("x-kubernetes-pf-flowschema-uid")
                        .map(uid -> schemas.get(uid) + " " + levels.get(levelUid(both.direct())))
                        .orElse(null)))
        .toList();
  }

  private static String levelUid(WireResponse response) {
    return response.header("x-kubernetes-pf-prioritylevel-uid").orElse("");
  }

  private static String auditId(WireResponse response) {
    return response.header("audit-id").orElse("");
  }

  private static Map<String, JsonNode> readings(String log) throws IOException {
    Map<String, JsonNode> byId = new HashMap<>();
    Matcher line = READING.matcher(WholeLines.of(log));
    while (line.find()) {
      JsonNode reading = JSON.readTree(line.group(1));
      byId.put(reading.get("auditId").asText(), reading);
    }
    return byId;
  }
}
