package io.apfproxy.source;

import com.fasterxml.jackson.databind.JsonNode;
import io.apfproxy.config.FieldError;
import io.apfproxy.config.FieldReader;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The fields of one mapping of JSON, which knows afterwards which of them nobody asked for. */
final class JsonFields implements FieldReader {
  private final JsonNode node;
  private final String path;
  private final Reading reading;
  private final Set<String> asked = new LinkedHashSet<>();

  /**
   * How an object is read.
   *
   * @param dialect how it is written; asked for are the fields of {@code v1}
   * @param ours whether it is of our own group
   * @param strict whether a field that nobody asks for is an error
   * @param errors where they are added
   */
  record Reading(Dialect dialect, boolean ours, boolean strict, List<FieldError> errors) {}

  /**
   * @param path of the mapping; empty for a whole object
   */
  JsonFields(JsonNode node, String path, Reading reading) {
    this.node = node;
    this.path = path;
    this.reading = reading;
  }

  private String pathOf(String field) {
    return path.isEmpty() ? field : path + "." + field;
  }

  private @Nullable JsonNode value(String field) {
    asked.add(field);
    JsonNode value = node.get(field);
    return value == null || value.isNull() ? null : value;
  }

  private void mustBe(String where, String expected) {
    reading.errors().add(new FieldError(FieldError.Type.INVALID, where, "must be " + expected));
  }

  @Override
  public String text(String field) {
    JsonNode value = value(field);
    if (value != null && !value.isTextual()) {
      mustBe(pathOf(field), "a string");
      return "";
    }
    return value == null ? "" : value.textValue();
  }

  @Override
  public String text(String field, String otherwise) {
    return value(field) == null ? otherwise : text(field);
  }

  /** As with kube-apiserver 5.0 and 5e0 are whole numbers. */
  @Override
  public @Nullable Integer integer(String v1Field) {
    String field = reading.dialect().field(path, v1Field);
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

  @Override
  public int number(String field) {
    Integer value = integer(field);
    return value == null ? 0 : value;
  }

  @Override
  public long longNumber(String field) {
    JsonNode value = value(field);
    if (value != null && !(value.canConvertToExactIntegral() && value.canConvertToLong())) {
      mustBe(pathOf(field), "a whole number");
      return 0;
    }
    return value == null ? 0 : value.longValue();
  }

  @Override
  public void instant(String field) {
    String value = text(field);
    if (!value.isEmpty()) {
      try {
        var unused = OffsetDateTime.parse(value);
      } catch (DateTimeParseException e) {
        mustBe(pathOf(field), "an instant such as 2006-01-02T15:04:05Z");
      }
    }
  }

  @Override
  public boolean isOurs() {
    return reading.ours();
  }

  @Override
  public void ignore(String... fields) {
    asked.addAll(Arrays.asList(fields));
  }

  @Override
  public boolean bool(String field) {
    JsonNode value = value(field);
    if (value != null && !value.isBoolean()) {
      mustBe(pathOf(field), "true or false");
      return false;
    }
    return value != null && value.booleanValue();
  }

  @Override
  public <T> @Nullable T object(String field, Function<FieldReader, T> read) {
    JsonNode value = value(field);
    if (value != null && !value.isObject()) {
      mustBe(pathOf(field), "a mapping");
      return null;
    }
    return value == null ? null : new JsonFields(value, pathOf(field), reading).whole(read);
  }

  @Override
  public <T> List<T> objects(String field, Function<FieldReader, T> read) {
    List<T> elements = new ArrayList<>();
    for (JsonNode element : elements(field)) {
      String where = pathOf(field) + "[" + elements.size() + "]";
      if (!element.isObject()) {
        mustBe(where, "a mapping");
      }
      elements.add(new JsonFields(element, where, reading).whole(read));
    }
    return elements;
  }

  @Override
  public List<String> texts(String field) {
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

  @Override
  public Map<String, String> map(String field) {
    Map<String, String> entries = new HashMap<>();
    JsonNode value = value(field);
    if (value != null && !value.isObject()) {
      mustBe(pathOf(field), "a mapping");
    } else if (value != null) {
      JsonFields fields = new JsonFields(value, pathOf(field), reading);
      value.fieldNames().forEachRemaining(key -> entries.put(key, fields.text(key)));
    }
    return entries;
  }

  /** Reads all of the mapping: what is not asked for is reported after that. */
  <T> T whole(Function<FieldReader, T> read) {
    T value = read.apply(this);
    if (reading.strict()) {
      node.fieldNames()
          .forEachRemaining(
              field -> {
                if (!asked.contains(field)) {
                  reading
                      .errors()
                      .add(
                          new FieldError(
                              FieldError.Type.FORBIDDEN, pathOf(field), "unknown field"));
                }
              });
    }
    return value;
  }
}
