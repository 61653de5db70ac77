package io.apfproxy.replay.page;

import com.fasterxml.jackson.core.JsonGenerator;
import io.apfproxy.json.JsonText;
import io.apfproxy.replay.figures.Amount;
import io.apfproxy.replay.figures.Counts;
import io.apfproxy.replay.figures.LevelRow;
import io.apfproxy.replay.figures.Move;
import io.apfproxy.replay.figures.Outcome;
import io.apfproxy.replay.figures.Report;
import io.apfproxy.replay.figures.Series;
import io.apfproxy.replay.figures.ThrottledRow;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A report for programs: one line of JSON. Durations are seconds; fields are only added. Source:
 * specification seeing.md V-04, V-54.
 */
public final class JsonReport {
  private static final double DIGITS = 1e9;
  private static final double NANOS = 1e9;

  private JsonReport() {}

  /**
   * Writes it.
   *
   * @param limit rows of flows, and of each who is throttled
   */
  public static String of(Report report, int limit) {
    return JsonText.page(json -> write(report, limit, json));
  }

  private static void write(Report report, int limit, JsonGenerator json) throws IOException {
    json.writeStringField("title", report.title());
    number(json, "seconds", report.seconds());
    number(json, "warmUpSeconds", report.warmUpSeconds());
    json.writeObjectFieldStart("amounts");
    for (Amount amount : report.amounts()) {
      json.writeNumberField(amount.what(), amount.number());
    }
    json.writeEndObject();
    json.writeArrayFieldStart("cautions");
    for (String caution : report.cautions()) {
      json.writeString(caution);
    }
    json.writeEndArray();
    outcome(json, "old", report.before(), limit);
    outcome(json, "new", report.after(), limit);
    changes(json, "schemas", Change.schemas(report), false, report.before() != null);
    changes(json, "flows", Change.flows(report, limit), true, report.before() != null);
    json.writeArrayFieldStart("moves");
    for (Move move : report.moves()) {
      json.writeStartObject();
      json.writeStringField("old", move.before());
      json.writeStringField("new", move.after());
      json.writeNumberField("requests", move.requests());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void outcome(JsonGenerator json, String name, @Nullable Outcome outcome, int limit)
      throws IOException {
    if (outcome == null) {
      json.writeNullField(name);
      return;
    }
    json.writeObjectFieldStart(name);
    json.writeNumberField("seats", outcome.seats());
    number(json, "seconds", outcome.seconds());
    json.writeArrayFieldStart("levels");
    for (LevelRow level : outcome.levels()) {
      level(json, level);
    }
    json.writeEndArray();
    json.writeObjectFieldStart("throttled");
    for (Map.Entry<String, List<ThrottledRow>> by : outcome.throttled().entrySet()) {
      json.writeArrayFieldStart(by.getKey());
      for (ThrottledRow row : by.getValue().stream().limit(limit).toList()) {
        json.writeStartObject();
        json.writeStringField("key", row.key());
        json.writeNumberField("waited", row.waited());
        json.writeNumberField("refused", row.refused());
        json.writeNumberField("error", row.error());
        json.writeEndObject();
      }
      json.writeEndArray();
    }
    json.writeEndObject();
    json.writeEndObject();
  }

  private static void level(JsonGenerator json, LevelRow level) throws IOException {
    json.writeStartObject();
    json.writeStringField("name", level.name());
    json.writeBooleanField("exempt", level.exempt());
    counts(json, level.counts());
    number(json, "seatsMean", level.meanSeats());
    json.writeNumberField("seatsPeak", level.peakSeats());
    json.writeNumberField("nominal", level.nominal());
    number(json, "limitMean", level.meanLimit());
    json.writeNumberField("borrowedPeak", level.borrowedMost());
    Series series = level.series();
    json.writeObjectFieldStart("series");
    number(json, "seconds", series.seconds());
    numbers(json, "seats", series.seats());
    numbers(json, "limit", series.limits());
    numbers(json, "refused", series.refused());
    numbers(json, "waitP99", series.waitP99());
    json.writeEndObject();
    json.writeEndObject();
  }

  private static void changes(
      JsonGenerator json, String name, List<Change> changes, boolean flows, boolean compared)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (Change change : changes) {
      json.writeStartObject();
      json.writeStringField("level", change.key().level());
      json.writeStringField("schema", change.key().schema());
      if (flows) {
        json.writeStringField("flow", change.key().flow());
      }
      if (compared) {
        json.writeObjectFieldStart("old");
        counts(json, change.before());
        json.writeEndObject();
      }
      json.writeObjectFieldStart("new");
      counts(json, change.after());
      json.writeEndObject();
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void counts(JsonGenerator json, Counts counts) throws IOException {
    json.writeNumberField("requests", counts.requests());
    json.writeNumberField("waited", counts.waited());
    number(json, "waitP50", counts.waitP50() / NANOS);
    number(json, "waitP99", counts.waitP99() / NANOS);
    number(json, "waitMax", counts.waitMax() / NANOS);
    json.writeObjectFieldStart("refused");
    json.writeNumberField("queue-full", counts.queueFull());
    json.writeNumberField("concurrency-limit", counts.concurrencyLimit());
    json.writeNumberField("time-out", counts.timeOut());
    json.writeEndObject();
    json.writeNumberField("repeated", counts.repeated());
    number(json, "seatSeconds", counts.seatSeconds());
  }

  private static void numbers(JsonGenerator json, String name, double[] numbers)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (double number : numbers) {
      number(json, number);
    }
    json.writeEndArray();
  }

  private static void number(JsonGenerator json, String name, double number) throws IOException {
    json.writeFieldName(name);
    number(json, number);
  }

  /** Whole where it is, else to nine digits behind the point. */
  private static void number(JsonGenerator json, double number) throws IOException {
    double rounded = Math.rint(number * DIGITS) / DIGITS;
    if (rounded == Math.rint(rounded)) {
      json.writeNumber((long) rounded);
    } else {
      json.writeNumber(rounded);
    }
  }
}
