package io.apfproxy.live;

import com.fasterxml.jackson.core.JsonGenerator;
import io.apfproxy.flowcontrol.LevelSnapshot;
import io.apfproxy.flowcontrol.RejectReason;
import io.apfproxy.report.HeaviestFlow.Flow;
import java.io.IOException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Levels as JSON: as objects where each stands for itself, as arrays where there is a tick of them
 * each second.
 */
final class LevelsJson {
  /*
   * In a tick a row is [name, seats, executing, waiting, limit, refused by each reason..., wait, heaviest], of a level that does not
   * hold everybody to its decisions also what Shadow says, and comes only if something in it has changed; a shape is [name, exempt, quiescing, queues, places of a queue, nominal, min, max, percent of the
   * users that are held to it]. An infinite wait is -1: more than the last bucket knows.
   */
  private static final int BEYOND = -1;

  private LevelsJson() {}

  /** All rows, shapes and names. */
  static String full(List<LevelRow> rows) {
    return Json.of(json -> write(json, rows, rows, List.of(), true));
  }

  /** What has changed since another second. */
  static String changes(List<LevelRow> rows, List<LevelRow> before) {
    Map<String, LevelRow> old = new HashMap<>();
    before.forEach(row -> old.put(row.name(), row));
    List<LevelRow> changed =
        rows.stream().filter(row -> differs(old.get(row.name()), row)).toList();
    List<LevelRow> shaped =
        rows.stream().filter(row -> otherShape(old.get(row.name()), row)).toList();
    rows.forEach(row -> old.remove(row.name()));
    return Json.of(json -> write(json, changed, shaped, List.copyOf(old.keySet()), false));
  }

  private static boolean differs(@Nullable LevelRow before, LevelRow row) {
    return before == null || !row.looksLike(before);
  }

  private static boolean otherShape(@Nullable LevelRow before, LevelRow row) {
    return before == null || !row.shapedLike(before);
  }

  private static void write(
      JsonGenerator json,
      List<LevelRow> rows,
      List<LevelRow> shaped,
      List<String> gone,
      boolean full)
      throws IOException {
    json.writeStartObject();
    json.writeBooleanField("full", full);
    json.writeArrayFieldStart("shapes");
    for (LevelRow row : shaped) {
      shape(json, row);
    }
    json.writeEndArray();
    json.writeArrayFieldStart("rows");
    for (LevelRow row : rows) {
      row(json, row);
    }
    json.writeEndArray();
    json.writeArrayFieldStart("gone");
    for (String name : gone) {
      json.writeString(name);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void shape(JsonGenerator json, LevelRow row) throws IOException {
    LevelSnapshot level = row.level();
    json.writeStartArray();
    json.writeString(row.name());
    json.writeNumber(level.exempt() ? 1 : 0);
    json.writeNumber(level.quiescing() ? 1 : 0);
    json.writeNumber(level.queues());
    json.writeNumber(row.queueLengthLimit());
    json.writeNumber(level.nominalLimit());
    json.writeNumber(level.minLimit());
    json.writeNumber(level.maxLimit());
    json.writeNumber(level.enforcedPercent());
    json.writeEndArray();
  }

  private static void row(JsonGenerator json, LevelRow row) throws IOException {
    LevelSnapshot level = row.level();
    json.writeStartArray();
    json.writeString(row.name());
    json.writeNumber(level.seatsInUse());
    json.writeNumber(level.executing());
    json.writeNumber(level.waiting());
    json.writeNumber(level.currentLimit());
    for (long refused : row.refused()) {
      json.writeNumber(refused);
    }
    Json.number(json, wait(row.waited()));
    heaviest(json, row.heaviest());
    if (row.shadow() != null) {
      row.shadow().row(json);
    }
    json.writeEndArray();
  }

  /** A bound on a wait, in seconds, as it is told. */
  static double wait(double bound) {
    return Double.isInfinite(bound) ? BEYOND : bound;
  }

  private static void heaviest(JsonGenerator json, @Nullable Flow flow) throws IOException {
    if (flow == null) {
      json.writeNull();
      return;
    }
    json.writeStartArray();
    json.writeString(flow.schema());
    json.writeString(flow.distinguisher());
    Json.number(json, flow.seats());
    json.writeEndArray();
  }

  /** Use in the last five minutes, by name. */
  static String history(List<LevelRow> rows, History history) {
    return Json.of(
        json -> {
          json.writeStartObject();
          json.writeNumberField("seconds", History.PIECE);
          json.writeObjectFieldStart("use");
          for (LevelRow row : rows) {
            json.writeFieldName(row.name());
            Json.numbers(json, history.use(row.name()));
          }
          json.writeEndObject();
          json.writeEndObject();
        });
  }

  /** A level for itself. */
  static void object(JsonGenerator json, LevelRow row) throws IOException {
    LevelSnapshot level = row.level();
    json.writeStartObject();
    json.writeStringField("name", row.name());
    json.writeBooleanField("exempt", level.exempt());
    json.writeBooleanField("quiescing", level.quiescing());
    json.writeNumberField("seats", level.seatsInUse());
    json.writeNumberField("executing", level.executing());
    json.writeNumberField("waiting", level.waiting());
    json.writeNumberField("limit", level.currentLimit());
    json.writeNumberField("nominal", level.nominalLimit());
    json.writeNumberField("min", level.minLimit());
    json.writeNumberField("max", level.maxLimit());
    json.writeNumberField("enforcedPercent", level.enforcedPercent());
    json.writeNumberField("queues", level.queues());
    json.writeNumberField("queueLengthLimit", row.queueLengthLimit());
    json.writeNumberField("dispatched", level.dispatched());
    json.writeNumberField("rejected", level.rejected());
    json.writeObjectFieldStart("refused");
    Iterator<Long> refused = row.refused().iterator();
    for (RejectReason reason : RejectReason.values()) {
      json.writeNumberField(reason.label(), refused.next());
    }
    json.writeEndObject();
    Json.number(json, "wait", wait(row.waited()));
    json.writeFieldName("heaviest");
    heaviest(json, row.heaviest());
    if (row.shadow() != null) {
      json.writeFieldName("shadow");
      row.shadow().object(json);
    }
    json.writeEndObject();
  }
}
