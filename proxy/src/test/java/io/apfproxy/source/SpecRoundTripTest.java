package io.apfproxy.source;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.apfproxy.config.BuiltInObjects;
import io.apfproxy.config.SourceObject;
import io.apfproxy.vectors.VectorFiles;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/** What is written for an object is what kube-apiserver writes, and is read as the same. */
@DisabledIfSystemProperty(named = "apf.vectors", matches = ".*", disabledReason = "reads ours")
class SpecRoundTripTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void writesTheBuiltInObjectsAsTheReferenceDoes() {
    Map<String, JsonNode> recorded =
        VectorFiles.load("bootstrap.jsonl").stream()
            .map(line -> line.get("object"))
            .collect(
                Collectors.toMap(
                    o -> o.get("kind").asText() + " " + o.at("/metadata/name").asText(),
                    o -> o.get("spec")));

    Map<String, JsonNode> written =
        BuiltInObjects.all().stream()
            .collect(Collectors.toMap(o -> o.key().toString(), SpecRoundTripTest::write));

    assertThat(written).isEqualTo(recorded);
  }

  @Test
  void everyValidObjectIsReadAsItWasWritten() {
    List<SourceObject> valid =
        VectorFiles.load("validation.jsonl").stream()
            .filter(line -> line.get("errors").isEmpty())
            .map(line -> read((ObjectNode) line.get("object"), line.get("kind").asText()))
            .toList();

    assertThat(valid).hasSizeGreaterThan(100).allMatch(SourceObject::isValid);
    for (SourceObject object : valid) {
      ObjectNode again = JSON.createObjectNode();
      again.putObject("metadata").put("name", object.key().name());
      again.set("spec", write(object));
      SourceObject back = read(again, object.key().kind().apiName());
      assertThat(back.content().spec()).isEqualTo(object.content().spec());
    }
  }

  private static JsonNode write(SourceObject object) {
    return JSON.valueToTree(object.content().kind().encode(object.content()));
  }

  private static SourceObject read(ObjectNode object, String kind) {
    ObjectNode whole = object.deepCopy();
    whole.put("apiVersion", "flowcontrol.apiserver.k8s.io/v1").put("kind", kind);
    return ObjectDecoder.stored(whole, "test").object().orElseThrow();
  }
}
