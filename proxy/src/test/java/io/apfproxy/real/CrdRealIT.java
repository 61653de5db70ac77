package io.apfproxy.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.apfproxy.config.Bootstrap;
import io.apfproxy.config.Defaults;
import io.apfproxy.config.FieldError;
import io.apfproxy.config.JsonObjects;
import io.apfproxy.config.Validation;
import io.apfproxy.fixtures.realcluster.CommandResult;
import io.apfproxy.fixtures.realcluster.ControlPlane;
import io.apfproxy.fixtures.realcluster.Kubectl;
import io.apfproxy.fixtures.realcluster.RealControlPlane;
import io.apfproxy.queueset.Dealer;
import io.apfproxy.source.ObjectDecoder;
import io.apfproxy.source.WrittenObjects;
import io.apfproxy.vectors.VectorFiles;
import java.net.http.HttpClient.Version;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** To kubectl, our kinds behave as kube-apiserver's own. */
@RealControlPlane
final class CrdRealIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String NATIVE = "flowcontrol.apiserver.k8s.io";
  private static final String OURS = "flowcontrol.apf-proxy.io";
  private static final Map<String, String> PLURALS =
      Map.of(
          "FlowSchema", "flowschemas", "PriorityLevelConfiguration", "prioritylevelconfigurations");

  private static ControlPlane cluster;
  private static Kubectl kubectl;
  private static ApiClient api;

  /** Its own control plane: no other test expects our kinds in it. */
  @BeforeAll
  static void start() {
    cluster = ControlPlane.start(new ControlPlane.Options(false, false, List.of()));
    kubectl = cluster.kubectl("admin");
    api =
        ApiClient.withToken(
            cluster.url(), cluster.pki("ca.crt"), ControlPlane.token("admin"), Version.HTTP_2);
    Definitions.apply(kubectl, crds());
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }

  /** The recording of what is written in files is what the server says, of each fourth case. */
  @Test
  @Tag("B9")
  void takesAndRefusesWhatIsWrittenAsRecorded(@TempDir Path folder) throws Exception {
    List<WrittenObjects.Case> cases = WrittenObjects.load();
    for (int i = 0; i < cases.size(); i += 4) {
      WrittenObjects.Case written = cases.get(i);
      Path file = Files.writeString(folder.resolve("case.yaml"), written.yaml());
      CommandResult result = kubectl.run("create", "--dry-run=server", "-f", file.toString());
      assertThat(result.exitCode() == 0)
          .as("%s%n%s", written.name(), result)
          .isEqualTo(written.taken());
    }
  }

  /** L-60: both say the same of a burst, which kube-apiserver's own kind does not know. */
  @Test
  void takesAndRefusesBurstsAsTheProxyDoes() throws Exception {
    List<String> bursts =
        List.of(
            "{'seats':1,'seconds':1}",
            "{'seats':10000,'seconds':600}",
            "null",
            "{'seats':0,'seconds':1}",
            "{'seats':10001,'seconds':1}",
            "{'seats':1,'seconds':0}",
            "{'seats':1,'seconds':601}",
            "{'seats':1}",
            "{'seconds':1}",
            "{'seats':'1','seconds':1}",
            "{'seats':1.5,'seconds':1}",
            "{'seats':1,'seconds':1,'more':1}",
            "[]",
            "7");
    int taken = 0;
    for (String burst : bursts) {
      for (String name : List.of("bursts", "catch-all")) {
        ObjectNode object = level(name);
        ObjectNode limited = object.withObject("/spec/limited");
        limited.putObject("limitResponse").put("type", "Reject");
        if (name.equals("catch-all")) {
          limited.put("nominalConcurrencyShares", 5).put("lendablePercent", 0);
        }
        limited.set("burst", JSON.readTree(burst.replace('\'', '"')));
        ObjectNode whole = object.deepCopy();
        whole.put("apiVersion", OURS + "/v1").put("kind", "PriorityLevelConfiguration");
        boolean valid = ObjectDecoder.written(whole, "here").object().orElseThrow().isValid();
        boolean stored = accepts(OURS, vector(object));
        assertThat(stored).as("%s of %s", burst, name).isEqualTo(valid);
        taken += stored ? 1 : 0;
        if (!burst.equals("null")) {
          assertThat(accepts(NATIVE, vector(object))).as("%s, natively", burst).isFalse();
        }
      }
    }
    assertThat(taken).isEqualTo(4);
  }

  private static ObjectNode vector(ObjectNode object) {
    ObjectNode vector = JSON.createObjectNode();
    vector.put("id", "burst").put("kind", "PriorityLevelConfiguration").set("object", object);
    return vector;
  }

  static Path crds() {
    return Path.of("..", "crds").toAbsolutePath().normalize();
  }

  @Test
  void refusesAndAcceptsWhatTheNativeKindsDo() throws Exception {
    Map<String, String> differences = new TreeMap<>();
    List<JsonNode> cases = VectorFiles.load("validation.jsonl");
    int refused = 0;
    for (JsonNode vector : cases) {
      boolean natively = accepts(NATIVE, vector);
      boolean here = accepts(OURS, vector);
      refused += natively ? 0 : 1;
      if (natively != here) {
        String id = vector.get("id").asText();
        assertThat(natively).as("%s is only refused here", id).isFalse();
        assertThat(ownErrors(vector)).as("the proxy's own validation of %s", id).isNotEmpty();
        differences.put(id, vector.get("desc").asText());
      }
    }
    System.out.printf(
        "validation.jsonl on the real server: %d cases, %d refused by the native kinds, %d of them"
            + " accepted by ours and left to the proxy: %s%n",
        cases.size(), refused, differences.size(), differences);
    // CEL does not see annotations, and custom resources may have finalizers of any name
    assertThat(differences.values())
        .allMatch(what -> what.contains("metadata.annotations") || what.contains("finalizers"));
    assertThat(differences).hasSizeLessThanOrEqualTo(4);
  }

  @Test
  void knowsWhichHandsCanBeDealt() throws Exception {
    for (int handSize = 1; handSize <= 16; handSize++) {
      for (int queues : List.of(handSize, mostQueues(handSize), mostQueues(handSize) + 1)) {
        boolean dealt =
            queues >= handSize && Dealer.entropyBits(queues, handSize) <= Dealer.MAX_ENTROPY_BITS;
        ObjectNode object = level("hands");
        object
            .withObject("/spec/limited/limitResponse/queuing")
            .put("queues", queues)
            .put("handSize", handSize);
        assertThat(create(OURS, "PriorityLevelConfiguration", object).statusCode() == 201)
            .as("%d queues, hands of %d", queues, handSize)
            .isEqualTo(dealt && queues <= 10_000_000);
      }
    }
  }

  @Test
  void fillsInTheDefaultsOfTheNativeKinds() throws Exception {
    for (JsonNode vector : VectorFiles.load("validation.jsonl")) {
      String kind = vector.get("kind").asText();
      if (!vector.has("defaulted") || vector.at("/metadata/name").asText().equals("exempt")) {
        continue;
      }
      JsonNode natively = spec(create(NATIVE, kind, vector.get("object")));
      JsonNode here = spec(create(OURS, kind, vector.get("object")));
      if (natively == null || here == null) {
        continue; // one of the built-in names, which exists
      }
      assertThat(decoded(kind, vector.get("object"), here))
          .as(vector.get("id").asText())
          .isEqualTo(decoded(kind, vector.get("object"), natively));
    }
  }

  @Test
  void takesTheWholeSuggestedSetAndShowsItAsTheNativeOne() throws Exception {
    for (String plural : PLURALS.values()) {
      ObjectNode list =
          (ObjectNode)
              JSON.readTree(
                  kubectl.run("get", plural + "." + NATIVE, "-o", "json").orThrow().stdout());
      for (JsonNode item : list.get("items")) {
        ObjectNode object = (ObjectNode) item;
        object.put("apiVersion", OURS + "/v1").remove("status");
        String name = object.at("/metadata/name").asText();
        object.putObject("metadata").put("name", name);
      }
      kubectl.runWithInput(list.toString(), "apply", "-f", "-").orThrow();
    }

    String columns = " +";
    String schemas = kubectl.run("get", "flowschemas." + NATIVE).orThrow().stdout();
    String levels = kubectl.run("get", "prioritylevelconfigurations." + NATIVE).orThrow().stdout();
    String ours = kubectl.run("get", "fs,plc").orThrow().stdout();
    System.out.println(schemas + "\n" + levels + "\n" + ours);

    List<String> lines = ours.lines().toList();
    assertThat(lines.get(0).split(columns)).isEqualTo(header(schemas));
    assertThat(lines.get(Bootstrap.flowSchemas().size() + 2).split(columns))
        .isEqualTo(header(levels));
    assertThat(lines)
        .hasSize(Bootstrap.flowSchemas().size() + Bootstrap.priorityLevels().size() + 3)
        .anyMatch(line -> line.matches("flowschema.*/service-accounts +workload-low +9000 .*"))
        .anyMatch(
            line -> line.matches("priorityl.*/workload-low +Limited +100 +128 +6 +50 +\\d+s"));
    assertThat(kubectl.run("get", "apf", "-o", "name").orThrow().stdout())
        .isEqualTo(kubectl.run("get", "fs,plc", "-o", "name").orThrow().stdout())
        .isNotEmpty();
  }

  @Test
  void explainsEveryField() {
    String rules = explained("fs.spec.rules");
    System.out.println(rules);
    assertThat(rules)
        .contains("subjects\t<[]Object> -required-", "Who asks; one of these must match.")
        .doesNotContain("<no description>");
    for (String kind : List.of("fs", "plc", "rl")) {
      assertThat(explained(kind, "--recursive"))
          .contains("spec", "status")
          .doesNotContain("<no description>");
    }
  }

  /**
   * As soon as the server tells: what it says of its kinds it writes anew after they are served.
   */
  private static String explained(String what, String... more) {
    List<String> command = new ArrayList<>(List.of("explain", what));
    command.add("--api-version=" + OURS + "/v1");
    command.addAll(List.of(more));
    return await()
        .until(() -> kubectl.run(command.toArray(String[]::new)), told -> told.exitCode() == 0)
        .stdout();
  }

  private static String[] header(String table) {
    return table.lines().findFirst().orElseThrow().split(" +");
  }

  /** The most queues from which hands of this size can be dealt, by bisection. */
  private static int mostQueues(int handSize) {
    int low = 1;
    int high = 10_000_000;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (Dealer.entropyBits(middle, handSize) <= Dealer.MAX_ENTROPY_BITS) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  private static ObjectNode level(String name) {
    ObjectNode object = JSON.createObjectNode();
    object.putObject("metadata").put("name", name);
    object.withObject("/spec").put("type", "Limited");
    object.withObject("/spec/limited/limitResponse").put("type", "Queue");
    return object;
  }

  private static boolean accepts(String group, JsonNode vector) throws Exception {
    HttpResponse<String> answer = create(group, vector.get("kind").asText(), vector.get("object"));
    // an object that is valid but exists
    boolean accepted = answer.statusCode() == 201 || answer.statusCode() == 409;
    assertThat(accepted || answer.statusCode() == 422 || answer.statusCode() == 400)
        .as("%s: %s", vector.get("id"), answer.body())
        .isTrue();
    return accepted;
  }

  private static HttpResponse<String> create(String group, String kind, JsonNode object)
      throws Exception {
    ObjectNode body = object.deepCopy();
    body.put("apiVersion", group + "/v1").put("kind", kind);
    String target =
        "/apis/" + group + "/v1/" + PLURALS.get(kind) + "?dryRun=All&fieldValidation=Strict";
    return api.send("POST", target, body.toString(), Map.of(), HttpResponse.BodyHandlers.ofString())
        .get();
  }

  private static JsonNode spec(HttpResponse<String> created) throws Exception {
    return created.statusCode() == 201 ? JSON.readTree(created.body()).get("spec") : null;
  }

  /** As the proxy reads it: a zero that stands for a default is kept by our kinds. */
  private static Object decoded(String kind, JsonNode object, JsonNode spec) {
    ObjectNode whole = object.deepCopy();
    whole.set("spec", spec);
    return kind.equals("FlowSchema")
        ? Defaults.apply(JsonObjects.flowSchema(whole)).spec()
        : Defaults.apply(JsonObjects.priorityLevel(whole)).spec();
  }

  private static List<FieldError> ownErrors(JsonNode vector) {
    return vector.get("kind").asText().equals("FlowSchema")
        ? Validation.validate(Defaults.apply(JsonObjects.flowSchema(vector.get("object"))))
        : Validation.validate(Defaults.apply(JsonObjects.priorityLevel(vector.get("object"))));
  }
}
