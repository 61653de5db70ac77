package io.apfproxy.command;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import io.apfproxy.json.JsonText;
import io.apfproxy.report.talkers.NowAnswer;
import io.apfproxy.report.talkers.NowAnswer.Row;
import io.apfproxy.report.talkers.NowQuestion;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Who holds and who waits for seats at this moment, as JSON and as a table. Source: specification
 * seeing.md V-12.
 */
public final class NowText {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneOffset.UTC);

  private NowText() {}

  /** One line. */
  public static String json(NowAnswer answer) {
    return JsonText.page(
        json -> {
          json.writeStringField("by", answer.question().by().label());
          json.writeStringField("window", NowQuestion.WINDOW);
          json.writeStringField("sort", answer.question().sort());
          json.writeStringField("at", Instant.ofEpochMilli(answer.at()).toString());
          json.writeObjectFieldStart("total");
          figures(json, answer.total());
          json.writeEndObject();
          json.writeArrayFieldStart("rows");
          for (Row row : answer.rows()) {
            json.writeStartObject();
            json.writeStringField("key", row.key());
            figures(json, row);
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }

  private static void figures(JsonGenerator json, Row row) throws IOException {
    json.writeNumberField("seats", row.seats());
    json.writeNumberField("executing", row.executing());
    json.writeNumberField("waiting", row.waiting());
  }

  /**
   * Reads what was written; unknown fields do not matter.
   *
   * @throws IllegalArgumentException if it is no such answer
   */
  static NowAnswer read(NowQuestion question, String text) {
    return AnswerRows.read(
        text,
        NowText::row,
        (json, rows) ->
            new NowAnswer(
                question,
                Instant.parse(json.path("at").asText()).toEpochMilli(),
                row(json.path("total")),
                rows));
  }

  private static Row row(JsonNode json) {
    return new Row(
        json.path("key").asText(),
        json.path("seats").asLong(),
        json.path("executing").asInt(),
        json.path("waiting").asInt());
  }

  /**
   * A table for people.
   *
   * @param columns of the terminal
   */
  public static String table(NowAnswer answer, int columns) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of(
            answer.question().by().label().toUpperCase(Locale.ROOT),
            "SEATS",
            "EXECUTING",
            "WAITING"));
    for (Row row : answer.rows()) {
      rows.add(
          List.of(
              row.key(),
              Long.toString(row.seats()),
              Integer.toString(row.executing()),
              Integer.toString(row.waiting())));
    }
    Row total = answer.total();
    return new TextTable(rows, false)
        .text(
            TIME.format(Instant.ofEpochMilli(answer.at()))
                + " UTC, now: "
                + Explanation.count(total.seats(), "seat")
                + ", "
                + total.executing()
                + " executing, "
                + total.waiting()
                + " waiting",
            columns);
  }
}
