package io.apfproxy.source;

import com.fasterxml.jackson.databind.JsonNode;
import io.apfproxy.config.FieldError;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fields of one mapping, and knows afterwards which it was not asked for. Null and absent
 * are the same. What has another type than asked for is an error and reads as absent. Not
 * thread-safe.
 */
final class FieldReader {
  private final JsonNode node;
  private final String path;
  private final List<FieldError> errors;
  private final Set<String> read = new LinkedHashSet<>();

  /**
   * @param path of the mapping; empty for a whole object
   * @param errors where they are added
   */
  FieldReader(JsonNode node, String path, List<FieldError> errors) {
    this.node = node;
    this.path = path;
    this.errors = errors;
  }

  private String pathOf(String field) {
    return path.isEmpty() ? field : path + "." + field;
  }

  private @Nullable JsonNode value(String field) {
    read.add(field);
    JsonNode value = node.get(field);
    return value == null || value.isNull() ? null : value;
  }

  private void mustBe(String where, String expected) {
    errors.add(new FieldError(FieldError.Type.INVALID, where, "must be " + expected));
  }

  /** Empty if absent. */
  String text(String field) {
    JsonNode value = value(field);
    if (value != null && !value.isTextual()) {
      mustBe(pathOf(field), "a string");
      return "";
    }
    return value == null ? "" : value.textValue();
  }

  boolean has(String field) {
    return value(field) != null;
  }

  /** A 32 bit number; null if absent. As with kube-apiserver 5.0 and 5e0 are whole numbers. */
  @Nullable Integer integer(String field) {
    JsonNode value = value(field);
    if (value == null) {
      return null;
    }
    if (!value.canConvertToExactIntegral() || !value.canConvertToInt()) {
      mustBe(pathOf(field), "a whole number of 32 bits");
      return null;
    }
    return value.intValue();
  }

  /** 0 if absent. */
  int number(String field) {
    Integer value = integer(field);
    return value == null ? 0 : value;
  }

  /** 0 if absent. */
  long longNumber(String field) {
    JsonNode value = value(field);
    if (value != null && !(value.canConvertToExactIntegral() && value.canConvertToLong())) {
      mustBe(pathOf(field), "a whole number");
      return 0;
    }
    return value == null ? 0 : value.longValue();
  }

  /** Checks that it is an instant as RFC 3339 writes it, or absent. */
  void instant(String field) {
    String value = text(field);
    if (!value.isEmpty()) {
      try {
        var unused = OffsetDateTime.parse(value);
      } catch (DateTimeParseException e) {
        mustBe(pathOf(field), "an instant such as 2006-01-02T15:04:05Z");
      }
    }
  }

  /** Takes note that a field may be there, whatever it holds. */
  void ignore(String... fields) {
    read.addAll(Arrays.asList(fields));
  }

  /** False if absent. */
  boolean bool(String field) {
    JsonNode value = value(field);
    if (value != null && !value.isBoolean()) {
      mustBe(pathOf(field), "true or false");
      return false;
    }
    return value != null && value.booleanValue();
  }

  /** Null if absent. */
  @Nullable FieldReader object(String field) {
    JsonNode value = value(field);
    if (value != null && !value.isObject()) {
      mustBe(pathOf(field), "a mapping");
      return null;
    }
    return value == null ? null : new FieldReader(value, pathOf(field), errors);
  }

  List<FieldReader> objects(String field) {
    List<FieldReader> elements = new ArrayList<>();
    for (JsonNode element : elements(field)) {
      String where = pathOf(field) + "[" + elements.size() + "]";
      if (!element.isObject()) {
        mustBe(where, "a mapping");
      }
      elements.add(new FieldReader(element, where, errors));
    }
    return elements;
  }

  List<String> texts(String field) {
    List<String> elements = new ArrayList<>();
    for (JsonNode element : elements(field)) {
      if (!element.isTextual()) {
        mustBe(pathOf(field) + "[" + elements.size() + "]", "a string");
      }
      elements.add(element.asText());
    }
    return elements;
  }

  private Iterable<JsonNode> elements(String field) {
    JsonNode value = value(field);
    if (value == null) {
      return List.of();
    }
    if (!value.isArray()) {
      mustBe(pathOf(field), "a list");
      return List.of();
    }
    return value;
  }

  Map<String, String> map(String field) {
    Map<String, String> entries = new HashMap<>();
    FieldReader object = object(field);
    if (object != null) {
      object.node.fieldNames().forEachRemaining(key -> entries.put(key, object.text(key)));
    }
    return entries;
  }

  /** Reports the fields that nobody asked for. */
  void refuseOthers() {
    node.fieldNames()
        .forEachRemaining(
            field -> {
              if (!read.contains(field)) {
                errors.add(
                    new FieldError(FieldError.Type.FORBIDDEN, pathOf(field), "unknown field"));
              }
            });
  }
}
