package io.apfproxy.live;

import com.fasterxml.jackson.core.JsonGenerator;
import io.apfproxy.flowcontrol.LevelSnapshot;
import io.apfproxy.flowcontrol.RejectReason;
import io.apfproxy.json.JsonText;
import io.apfproxy.report.HeaviestFlow.Flow;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Levels as JSON: as objects where each stands for itself, as arrays where there is a tick of them
 * each second.
 */
final class LevelsJson {
  /*
   * In a tick a shape is [name, exempt, quiescing, queues, places of a queue, nominal, min, max, percent of the users that are held
   * to it]; a row is [place of its level among the names, seats, executing, waiting, limit, refused by each reason..., wait, heaviest],
   * of a level that does not hold everybody to its decisions also what Shadow says, and comes only if something in it has changed.
   * All shapes at once are the names; levels that come or go make a tick of everything. The heaviest is [schema, distinguisher,
   * seats], or the seats alone if it is the one of the tick before. An infinite wait is -1: more than the last bucket knows.
   * So a tick in which all figures of a thousand levels change is 50 KB, and 85 KB if all their heaviest flows do.
   */
  private static final int BEYOND = -1;

  private LevelsJson() {}

  /** All rows and shapes. */
  static String full(List<LevelRow> rows) {
    return tick(rows, List.of());
  }

  /** What has changed since another second; everything if there are other levels. */
  static String changes(List<LevelRow> rows, List<LevelRow> before) {
    return tick(rows, sameNames(rows, before) ? before : List.of());
  }

  private static boolean sameNames(List<LevelRow> rows, List<LevelRow> before) {
    boolean same = rows.size() == before.size();
    for (int i = 0; same && i < rows.size(); i++) {
      same = rows.get(i).name().equals(before.get(i).name());
    }
    return same;
  }

  /**
   * @param before the same levels in the same order; empty for everything
   */
  private static String tick(List<LevelRow> rows, List<LevelRow> before) {
    boolean full = before.isEmpty();
    return JsonText.of(
        json -> {
          json.writeStartObject();
          json.writeBooleanField("full", full);
          json.writeArrayFieldStart("shapes");
          for (int i = 0; i < rows.size(); i++) {
            if (full || !rows.get(i).shapedLike(before.get(i))) {
              shape(json, rows.get(i));
            }
          }
          json.writeEndArray();
          json.writeArrayFieldStart("rows");
          for (int i = 0; i < rows.size(); i++) {
            if (full || !rows.get(i).looksLike(before.get(i))) {
              row(json, i, rows.get(i), full ? null : before.get(i).heaviest());
            }
          }
          json.writeEndArray();
          json.writeEndObject();
        });
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

  private static void row(JsonGenerator json, int place, LevelRow row, @Nullable Flow before)
      throws IOException {
    LevelSnapshot level = row.level();
    json.writeStartArray();
    json.writeNumber(place);
    json.writeNumber(level.seatsInUse());
    json.writeNumber(level.executing());
    json.writeNumber(level.waiting());
    json.writeNumber(level.currentLimit());
    for (long refused : row.refused()) {
      json.writeNumber(refused);
    }
    Json.number(json, wait(row.waited()));
    Flow heaviest = row.heaviest();
    if (heaviest != null && before != null && same(heaviest, before)) {
      Json.number(json, heaviest.seats());
    } else {
      heaviest(json, heaviest);
    }
    if (row.shadow() != null) {
      row.shadow().row(json);
    }
    json.writeEndArray();
  }

  private static boolean same(Flow flow, Flow before) {
    return flow.schema().equals(before.schema())
        && flow.distinguisher().equals(before.distinguisher());
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
    return JsonText.of(
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
