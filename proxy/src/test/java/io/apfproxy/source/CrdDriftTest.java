package io.apfproxy.source;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.apfproxy.config.Bootstrap;
import io.apfproxy.config.FieldError;
import io.apfproxy.config.SourceObject;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The CRDs and the Java types have the same fields, of the same types. */
class CrdDriftTest {
  private static final Path CRDS = Path.of("..", "crds");

  @ParameterizedTest
  @ValueSource(strings = {"flowschemas", "prioritylevelconfigurations"})
  void everyFieldOfTheCrdIsReadAndNothingElse(String plural) throws Exception {
    // Given
    JsonNode crd = new YAMLMapper().readTree(CRDS.resolve(plural + ".yaml").toFile());
    JsonNode version = crd.at("/spec/versions/0");
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object.put("apiVersion", crd.at("/spec/group").asText() + "/" + version.get("name").asText());
    object.put("kind", crd.at("/spec/names/kind").asText());
    object.putObject("metadata").put("name", "sample");
    object.set("spec", sample(version.at("/schema/openAPIV3Schema/properties/spec")));

    // When
    SourceObject read = ObjectDecoder.written(object, "here").object().orElseThrow();

    // Then
    assertThat(read.errors())
        .extracting(FieldError::detail)
        .as("fields that Java does not know, or reads as another type")
        .noneMatch(detail -> detail.equals("unknown field") || detail.startsWith("must be a "));
    List<String> empty = new ArrayList<>();
    findEmpty(read.schema() == null ? read.level().spec() : read.schema().spec(), "spec", empty);
    assertThat(empty).as("fields that the CRD does not know").isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"exempt", "catch-all"})
  void theRulesNameTheBuiltInMandatoryObjects(String name) throws IOException {
    assertThat(Bootstrap.isMandatory(name)).isTrue();
    for (String plural : List.of("flowschemas", "prioritylevelconfigurations")) {
      JsonNode crd = new YAMLMapper().readTree(CRDS.resolve(plural + ".yaml").toFile());
      assertThat(crd.toString()).contains("self.metadata.name", "'" + name + "'");
    }
  }

  /** A value with every property set to something that is no default. */
  private static JsonNode sample(JsonNode schema) {
    JsonNodeFactory json = JsonNodeFactory.instance;
    return switch (schema.get("type").asText()) {
      case "object" -> {
        ObjectNode object = json.objectNode();
        schema
            .get("properties")
            .properties()
            .forEach(entry -> object.set(entry.getKey(), sample(entry.getValue())));
        yield object;
      }
      case "array" -> json.arrayNode().add(sample(schema.get("items")));
      case "integer" -> json.numberNode(7);
      case "boolean" -> json.booleanNode(true);
      case "string" -> json.textNode("x");
      default -> throw new IllegalArgumentException(schema.toString());
    };
  }

  private static void findEmpty(Object value, String path, List<String> empty) throws Exception {
    if (value == null
        || value.equals("")
        || value.equals(0)
        || value.equals(false)
        || (value instanceof Collection<?> list && list.isEmpty())) {
      empty.add(path);
    } else if (value instanceof Collection<?> list) {
      for (Object element : list) {
        findEmpty(element, path + "[]", empty);
      }
    } else if (value instanceof Record) {
      for (RecordComponent component : value.getClass().getRecordComponents()) {
        findEmpty(component.getAccessor().invoke(value), path + "." + component.getName(), empty);
      }
    }
  }
}
