package io.apfproxy.replay.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import io.apfproxy.request.GoDuration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One mapping of a scenario. What is not as expected is told, and reads as absent. Not thread-safe.
 */
final class Fields {
  private final JsonNode node;
  private final String path;
  private final BiConsumer<String, String> errors;
  private final Set<String> asked = new LinkedHashSet<>();

  /**
   * @param path of the mapping; empty for the whole
   * @param errors is told the path of a field, and what is wrong there
   */
  Fields(JsonNode node, String path, BiConsumer<String, String> errors) {
    this.node = node;
    this.path = path;
    this.errors = errors;
  }

  String pathOf(String field) {
    return path.isEmpty() ? field : path + "." + field;
  }

  void wrong(String field, String message) {
    errors.accept(pathOf(field), message);
  }

  private void wrong(String field, JsonNode found, String expected) {
    String text = found.isTextual() ? '"' + found.textValue() + '"' : found.toString();
    wrong(
        field,
        "found "
            + (text.length() > 60 ? text.substring(0, 60) + "…" : text)
            + ", expected "
            + expected);
  }

  private @Nullable JsonNode value(String field) {
    asked.add(field);
    JsonNode value = node.get(field);
    return value == null || value.isNull() ? null : value;
  }

  boolean has(String field) {
    return value(field) != null;
  }

  private void missing(String field, String expected) {
    wrong(field, "not given, expected " + expected);
  }

  String text(String field, @Nullable String otherwise) {
    JsonNode value = value(field);
    if (value == null && otherwise == null) {
      missing(field, "a text");
    }
    if (value == null || !value.isValueNode()) {
      if (value != null) {
        wrong(field, value, "a text");
      }
      return otherwise == null ? "" : otherwise;
    }
    return value.asText();
  }

  List<String> texts(String field) {
    List<String> texts = new ArrayList<>();
    JsonNode value = value(field);
    if (value != null && !value.isArray()) {
      wrong(field, value, "a list of texts");
    } else if (value != null) {
      value.forEach(element -> texts.add(element.asText()));
    }
    return texts;
  }

  /** A whole number from {@code least} to {@code most}. */
  long number(String field, long otherwise, long least, long most) {
    JsonNode value = value(field);
    if (value == null) {
      return otherwise;
    }
    boolean whole = value.canConvertToExactIntegral() && value.canConvertToLong();
    if (!value.isNumber() || !whole || value.longValue() < least || value.longValue() > most) {
      wrong(field, value, "a whole number from " + least + " to " + most);
      return otherwise;
    }
    return value.longValue();
  }

  /** Nanoseconds of a duration above 0, or from 0; null if absent or wrong. */
  @Nullable Long duration(String field, boolean mayBeZero) {
    JsonNode value = value(field);
    if (value == null) {
      return null;
    }
    OptionalLong nanos =
        value.isValueNode() ? GoDuration.parse(value.asText()) : OptionalLong.empty();
    if (nanos.isEmpty() || nanos.getAsLong() < (mayBeZero ? 0 : 1)) {
      wrong(field, value, "a duration such as 10s" + (mayBeZero ? "" : ", above 0"));
      return null;
    }
    return nanos.getAsLong();
  }

  /** Nanoseconds of a duration above 0 that must be there. */
  long needed(String field) {
    Long nanos = duration(field, false);
    if (nanos == null && value(field) == null) {
      missing(field, "a duration such as 10s");
    }
    return nanos == null ? 1 : nanos;
  }

  /** A number above 0; null if wrong. */
  @Nullable Double rate(String field) {
    JsonNode value = value(field);
    if (value == null || !value.isNumber() || value.doubleValue() <= 0) {
      if (value != null) {
        wrong(field, value, "a number above 0, of requests a second");
      }
      return null;
    }
    return value.doubleValue();
  }

  boolean isMapping(String field) {
    JsonNode value = value(field);
    return value != null && value.isObject();
  }

  /** The mapping in the field; null if there is none. */
  @Nullable Fields mapping(String field) {
    JsonNode value = value(field);
    if (value != null && !value.isObject()) {
      wrong(field, value, "a mapping");
    }
    return value == null || !value.isObject() ? null : new Fields(value, pathOf(field), errors);
  }

  /** The mappings of a list that must not be empty. */
  List<Fields> list(String field) {
    List<Fields> elements = new ArrayList<>();
    JsonNode value = value(field);
    if (value == null || !value.isArray() || value.isEmpty()) {
      missing(field, "a list of mappings");
      return elements;
    }
    for (JsonNode element : value) {
      String where = field + "[" + elements.size() + "]";
      if (!element.isObject()) {
        wrong(where, element, "a mapping");
      }
      elements.add(new Fields(element, pathOf(where), errors));
    }
    return elements;
  }

  /** Names of all fields, which count as asked for. */
  List<String> names() {
    List<String> names = new ArrayList<>();
    node.properties().stream().map(Map.Entry::getKey).forEach(names::add);
    asked.addAll(names);
    return names;
  }

  /** Tells what nobody asked for. To be called once all was. */
  void end() {
    node.properties().stream()
        .map(Map.Entry::getKey)
        .filter(field -> !asked.contains(field))
        .forEach(
            field -> wrong(field, "unknown field, expected one of " + String.join(", ", asked)));
  }
}
