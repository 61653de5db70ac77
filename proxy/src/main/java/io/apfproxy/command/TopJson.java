package io.apfproxy.command;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import io.apfproxy.json.JsonText;
import io.apfproxy.report.talkers.Measure;
import io.apfproxy.report.talkers.TopAnswer;
import io.apfproxy.report.talkers.TopAnswer.Cell;
import io.apfproxy.report.talkers.TopAnswer.Levels;
import io.apfproxy.report.talkers.TopAnswer.Row;
import io.apfproxy.report.talkers.TopQuestion;
import java.io.IOException;
import java.time.Instant;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Top talkers as JSON, to be written and read. Source: specification seeing.md V-04, V-19. */
public final class TopJson {
  private static final double WHOLE_UP_TO = 1L << 53;
  private static final double DIGITS = 1e6;

  private TopJson() {}

  /** One line. */
  public static String write(TopAnswer answer) {
    return JsonText.page(json -> write(answer, json));
  }

  private static void write(TopAnswer answer, JsonGenerator json) throws IOException {
    json.writeStringField("by", answer.question().by().label());
    json.writeStringField("window", answer.question().window().label());
    json.writeStringField("sort", answer.question().sort().label());
    json.writeStringField("from", Instant.ofEpochMilli(answer.from()).toString());
    json.writeStringField("until", Instant.ofEpochMilli(answer.until()).toString());
    number(json, "seconds", answer.seconds());
    json.writeNumberField("counters", answer.counters());
    json.writeNumberField("lost", answer.lost());
    numbers(json, "total", answer.total());
    numbers(json, "absent", answer.absent());
    Levels levels = answer.levels();
    if (levels != null) {
      json.writeObjectFieldStart("levels");
      json.writeNumberField("seatsInUse", levels.seatsInUse());
      json.writeNumberField("limit", levels.limit());
      json.writeNumberField("executing", levels.executing());
      json.writeNumberField("waiting", levels.waiting());
      json.writeEndObject();
    }
    json.writeArrayFieldStart("rows");
    for (Row row : answer.rows()) {
      write(row, json);
    }
    json.writeEndArray();
  }

  private static void write(Row row, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("key", row.key());
    for (Measure measure : Measure.values()) {
      cell(json, measure.field(), row.of(measure));
    }
    json.writeObjectFieldStart("refusedBy");
    for (Map.Entry<String, Cell> by : new TreeMap<>(row.refusedBy()).entrySet()) {
      cell(json, by.getKey(), by.getValue());
    }
    json.writeEndObject();
    json.writeBooleanField("certain", row.certain());
    json.writeEndObject();
  }

  private static void numbers(JsonGenerator json, String name, Map<Measure, Double> numbers)
      throws IOException {
    json.writeObjectFieldStart(name);
    for (Measure measure : Measure.values()) {
      number(json, measure.field(), numbers.getOrDefault(measure, 0.0));
    }
    json.writeEndObject();
  }

  private static void cell(JsonGenerator json, String name, Cell cell) throws IOException {
    json.writeObjectFieldStart(name);
    number(json, "value", cell.value());
    number(json, "error", cell.error());
    json.writeEndObject();
  }

  private static void number(JsonGenerator json, String name, double number) throws IOException {
    if (number == Math.rint(number) && Math.abs(number) < WHOLE_UP_TO) {
      json.writeNumberField(name, (long) number);
    } else {
      json.writeNumberField(name, Math.round(number * DIGITS) / DIGITS);
    }
  }

  /**
   * Reads what was written; unknown fields do not matter.
   *
   * @param question that it answers
   * @throws IllegalArgumentException if it is no such answer
   */
  static TopAnswer read(TopQuestion question, String text) {
    return AnswerRows.read(
        text,
        TopJson::row,
        (json, rows) ->
            new TopAnswer(
                question,
                Instant.parse(json.path("from").asText()).toEpochMilli(),
                Instant.parse(json.path("until").asText()).toEpochMilli(),
                json.path("seconds").asDouble(),
                json.path("counters").asInt(),
                json.path("lost").asLong(),
                numbers(json.path("total")),
                numbers(json.path("absent")),
                rows,
                levels(json.path("levels"))));
  }

  private static Map<Measure, Double> numbers(JsonNode json) {
    Map<Measure, Double> numbers = new EnumMap<>(Measure.class);
    for (Measure measure : Measure.values()) {
      numbers.put(measure, json.path(measure.field()).asDouble());
    }
    return numbers;
  }

  private static @Nullable Levels levels(JsonNode json) {
    return json.isObject()
        ? new Levels(
            json.path("seatsInUse").asLong(),
            json.path("limit").asLong(),
            json.path("executing").asLong(),
            json.path("waiting").asLong())
        : null;
  }

  private static Row row(JsonNode json) {
    Map<Measure, Cell> cells = new EnumMap<>(Measure.class);
    for (Measure measure : Measure.values()) {
      cells.put(measure, cell(json.path(measure.field())));
    }
    Map<String, Cell> refusedBy = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> by : json.path("refusedBy").properties()) {
      refusedBy.put(by.getKey(), cell(by.getValue()));
    }
    return new Row(json.path("key").asText(), cells, refusedBy, json.path("certain").asBoolean());
  }

  private static Cell cell(JsonNode json) {
    return new Cell(json.path("value").asDouble(), json.path("error").asDouble());
  }
}
