package io.apfproxy.live;

import com.fasterxml.jackson.core.JsonGenerator;
import io.apfproxy.flowcontrol.LevelSnapshot;
import io.apfproxy.json.JsonText;
import io.apfproxy.queueset.QueueRow;
import io.apfproxy.report.talkers.NowAnswer;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One level with its users, queues, schemas, demand and five minutes behind it. */
final class LevelDetailJson {
  /** Squares that an eye can tell apart; beyond them several queues are one. */
  private static final int MOST_SQUARES = 1024;

  private LevelDetailJson() {}

  /**
   * @param users who holds and who waits for its seats now
   * @param history null to leave it out
   */
  static String of(
      LevelRow row, List<QueueRow> queues, List<NowAnswer.Row> users, @Nullable History history) {
    LevelSnapshot level = row.level();
    return JsonText.of(
        json -> {
          json.writeStartObject();
          json.writeFieldName("level");
          LevelsJson.object(json, row);
          json.writeObjectFieldStart("demand");
          Json.number(json, "high", level.demandHighWatermark());
          Json.number(json, "average", level.demandAverage());
          Json.number(json, "stdev", level.demandStdev());
          Json.number(json, "smoothed", level.demandSmoothed());
          Json.number(json, "target", level.target());
          json.writeEndObject();
          schemas(json, level);
          users(json, users);
          queues(json, row, queues);
          if (history != null) {
            history(json, row.name(), history);
          }
          json.writeEndObject();
        });
  }

  private static void schemas(JsonGenerator json, LevelSnapshot level) throws IOException {
    json.writeArrayFieldStart("schemas");
    for (LevelSnapshot.FlowSnapshot flow : level.flows()) {
      json.writeStartArray();
      json.writeString(flow.flowSchema());
      json.writeNumber(flow.waiting());
      json.writeNumber(flow.executing());
      json.writeNumber(flow.executingSeats());
      json.writeEndArray();
    }
    json.writeEndArray();
  }

  /** As [user, seats held, executing, waiting]. */
  private static void users(JsonGenerator json, List<NowAnswer.Row> users) throws IOException {
    json.writeArrayFieldStart("users");
    for (NowAnswer.Row user : users) {
      json.writeStartArray();
      json.writeString(user.key());
      json.writeNumber(user.seats());
      json.writeNumber(user.executing());
      json.writeNumber(user.waiting());
      json.writeEndArray();
    }
    json.writeEndArray();
  }

  /** As [first index, most waiting in one queue, executing, seats in use]; empty ones left out. */
  private static void queues(JsonGenerator json, LevelRow row, List<QueueRow> queues)
      throws IOException {
    int all = row.level().queues();
    int group = Math.max(1, (all + MOST_SQUARES - 1) / MOST_SQUARES);
    json.writeObjectFieldStart("queues");
    json.writeNumberField("number", all);
    json.writeNumberField("group", group);
    json.writeNumberField("limit", row.queueLengthLimit());
    json.writeNumberField("made", queues.size());
    json.writeArrayFieldStart("squares");
    int next = 0;
    while (next < queues.size()) {
      int square = queues.get(next).index() / group;
      int waiting = 0;
      int executing = 0;
      int seats = 0;
      for (; next < queues.size() && queues.get(next).index() / group == square; next++) {
        QueueRow queue = queues.get(next);
        waiting = Math.max(waiting, queue.waiting());
        executing += queue.executing();
        seats += queue.seatsInUse();
      }
      json.writeStartArray();
      json.writeNumber(square * group);
      json.writeNumber(waiting);
      json.writeNumber(executing);
      json.writeNumber(seats);
      json.writeEndArray();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void history(JsonGenerator json, String level, History history)
      throws IOException {
    json.writeObjectFieldStart("history");
    for (History.Figure figure : History.Figure.values()) {
      json.writeFieldName(figure.label());
      Json.numbers(json, history.of(level, figure));
    }
    json.writeEndObject();
  }
}
