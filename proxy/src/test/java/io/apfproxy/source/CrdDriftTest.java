package io.apfproxy.source;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.apfproxy.config.Bootstrap;
import io.apfproxy.config.ConfigObject;
import io.apfproxy.config.FieldError;
import io.apfproxy.config.Kind;
import io.apfproxy.config.SourceObject;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The CRDs and the Java types have the same fields, of the same types. */
class CrdDriftTest {
  private static final Path CRDS = Path.of("..", "crds");

  /** A kind that is not in the table would be read by nobody. */
  @Test
  void theTableOfKindsNamesEveryClassAndEveryCrd() throws IOException {
    Set<Class<?>> classes = new HashSet<>();
    Set<String> files = new HashSet<>();
    for (Kind<?> kind : Kind.all()) {
      JsonNode names = crd(kind).at("/spec/names");
      assertThat(names.get("plural").asText()).isEqualTo(kind.plural());
      assertThat(names.get("kind").asText()).isEqualTo(kind.apiName());
      SourceObject read = read(kind);
      assertThat(read.key().kind()).isEqualTo(kind);
      classes.add(read.content().getClass());
      files.add(kind.plural() + ".yaml");
    }

    assertThat(classes)
        .containsExactlyInAnyOrder(ConfigObject.class.getPermittedSubclasses())
        .hasSameSizeAs(Kind.all());
    try (Stream<Path> all = Files.list(CRDS)) {
      assertThat(all.map(file -> file.getFileName().toString()))
          .filteredOn(name -> name.endsWith("s.yaml"))
          .containsExactlyInAnyOrderElementsOf(files);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void everyFieldOfTheCrdIsReadAndNothingElse(Kind<?> kind) throws Exception {
    SourceObject read = read(kind);

    assertThat(read.errors())
        .extracting(FieldError::detail)
        .as("fields that Java does not know, or reads as another type")
        .noneMatch(detail -> detail.equals("unknown field") || detail.startsWith("must be a "));
    List<String> empty = new ArrayList<>();
    findEmpty(read.content().spec(), "spec", empty);
    assertThat(empty).as("fields that the CRD does not know").isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"exempt", "catch-all"})
  void theRulesNameTheBuiltInMandatoryObjects(String name) throws IOException {
    assertThat(Bootstrap.isMandatory(name)).isTrue();
    for (Kind<?> kind : Kind.natives()) {
      assertThat(crd(kind).toString()).contains("self.metadata.name", "'" + name + "'");
    }
  }

  /**
   * L-11: rules of a limit are those of a schema, but that before authentication nobody is named.
   */
  @Test
  void rulesAndSubjectsOfRateLimitsAreThoseOfFlowSchemas() throws IOException {
    String properties = "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties";
    JsonNode schemas = crd(Kind.FLOW_SCHEMA).at(properties + "/rules/items");
    JsonNode limits = crd(Kind.RATE_LIMIT).at(properties + "/rules/items");

    for (String list : List.of("resourceRules", "nonResourceRules")) {
      assertThat(limits.at("/properties/" + list)).isEqualTo(schemas.at("/properties/" + list));
    }
    assertThat(limits.at("/x-kubernetes-validations"))
        .isEqualTo(schemas.at("/x-kubernetes-validations"));
    JsonNode subjects = schemas.at("/properties/subjects/items");
    assertThat(limits.at("/properties/subjects/items")).isEqualTo(subjects);
    assertThat(crd(Kind.RATE_LIMIT).at(properties + "/exceptSubjects/items")).isEqualTo(subjects);
  }

  private static List<Kind<?>> kinds() {
    return Kind.all();
  }

  private static JsonNode crd(Kind<?> kind) throws IOException {
    return new YAMLMapper().readTree(CRDS.resolve(kind.plural() + ".yaml").toFile());
  }

  /** As an object is read in which every field of the CRD is set. */
  private static SourceObject read(Kind<?> kind) throws IOException {
    JsonNode crd = crd(kind);
    JsonNode version = crd.at("/spec/versions/0");
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object.put("apiVersion", crd.at("/spec/group").asText() + "/" + version.get("name").asText());
    object.put("kind", crd.at("/spec/names/kind").asText());
    object.putObject("metadata").put("name", "sample");
    object.set("spec", sample(version.at("/schema/openAPIV3Schema/properties/spec")));
    return ObjectDecoder.written(object, "here").object().orElseThrow();
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
        || value.equals(0L)
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
