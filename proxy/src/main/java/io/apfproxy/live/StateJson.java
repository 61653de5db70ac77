package io.apfproxy.live;

import com.fasterxml.jackson.core.JsonGenerator;
import io.apfproxy.json.JsonText;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The proxy as a whole, as JSON. Source: specification seeing.md V-04, V-70. */
final class StateJson {
  /** Objects of a source that are shown one by one; of the others it says how many there are. */
  private static final int MOST_OBJECTS = 1000;

  private static final double RED = 0.8;

  private StateJson() {}

  /** All of a sample, for whoever asks once. */
  static String of(Sample sample) {
    return JsonText.of(
        json -> {
          json.writeStartObject();
          json.writeNumberField("version", 1);
          json.writeNumberField("tick", sample.tick());
          json.writeStringField("time", sample.time().toString());
          json.writeFieldName("upstream");
          json.writeRawValue(head(sample));
          json.writeArrayFieldStart("levels");
          for (LevelRow row : sample.rows()) {
            LevelsJson.object(json, row);
          }
          json.writeEndArray();
          json.writeFieldName("sources");
          json.writeRawValue(sources(sample.sources(), true));
          json.writeEndObject();
        });
  }

  static String head(Sample sample) {
    Observed.Head head = sample.head();
    return JsonText.of(
        json -> {
          json.writeStartObject();
          json.writeStringField("product", head.product());
          json.writeStringField("instance", head.instance());
          json.writeStringField("server", head.upstream());
          json.writeStringField("serverVersion", head.upstreamVersion());
          json.writeBooleanField("talkers", head.talkers());
          json.writeNumberField("lost", head.lost());
          json.writeNumberField("streams", head.streams());
          json.writeNumberField("seats", seats(sample));
          json.writeNumberField("limit", limit(sample));
          json.writeNumberField(
              "waiting", sample.rows().stream().mapToInt(row -> row.level().waiting()).sum());
          json.writeNumberField(
              "refused", sample.rows().stream().mapToLong(LevelRow::refusedInAll).sum());
          checks(json, head.checks());
          json.writeArrayFieldStart("bounds");
          for (Observed.Bound bound : head.bounds()) {
            if (bound.limit() > 0 && bound.used() > RED * bound.limit()) {
              bound(json, bound);
            }
          }
          json.writeEndArray();
          json.writeArrayFieldStart("certificates");
          for (Observed.Certificate certificate : head.certificates()) {
            json.writeStartObject();
            json.writeStringField("name", certificate.name());
            Json.number(json, "days", certificate.days());
            json.writeEndObject();
          }
          json.writeEndArray();
          json.writeArrayFieldStart("pools");
          for (Observed.Pool pool : head.pools()) {
            json.writeStartObject();
            json.writeStringField("name", pool.name());
            json.writeNumberField("executing", pool.executing());
            json.writeNumberField("limit", pool.limit());
            json.writeEndObject();
          }
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  private static int seats(Sample sample) {
    return sample.rows().stream().mapToInt(row -> row.level().seatsInUse()).sum();
  }

  /** Of the levels that have one: who is exempt holds seats without. */
  private static int limit(Sample sample) {
    return sample.rows().stream()
        .filter(row -> !row.level().exempt())
        .mapToInt(row -> row.level().currentLimit())
        .sum();
  }

  private static void checks(JsonGenerator json, List<Observed.Check> checks) throws IOException {
    json.writeArrayFieldStart("checks");
    for (Observed.Check check : checks) {
      json.writeStartObject();
      json.writeStringField("name", check.name());
      json.writeBooleanField("ok", check.ok());
      json.writeStringField("note", check.note());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void bound(JsonGenerator json, Observed.Bound bound) throws IOException {
    json.writeStartObject();
    json.writeStringField("rule", bound.rule());
    json.writeNumberField("used", bound.used());
    json.writeNumberField("limit", bound.limit());
    json.writeEndObject();
  }

  /**
   * @param objects whether to say what became of each
   */
  static String sources(List<Observed.Source> sources, boolean objects) {
    return JsonText.of(
        json -> {
          json.writeStartArray();
          for (Observed.Source source : sources) {
            json.writeStartObject();
            json.writeStringField("name", source.name());
            json.writeBooleanField("loaded", source.loaded());
            json.writeStringField("trouble", source.trouble());
            Json.number(json, "age", Math.rint(source.ageSeconds()));
            json.writeObjectFieldStart("counts");
            for (Map.Entry<String, Integer> count : new TreeMap<>(source.counts()).entrySet()) {
              json.writeNumberField(count.getKey(), count.getValue());
            }
            json.writeEndObject();
            change(json, source.change());
            json.writeNumberField("number", source.objects().size());
            if (objects) {
              objects(json, source.objects());
            }
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }

  private static void change(JsonGenerator json, Observed.@Nullable Change change)
      throws IOException {
    if (change == null) {
      json.writeNullField("lastChange");
      return;
    }
    json.writeObjectFieldStart("lastChange");
    json.writeStringField("time", change.time().toString());
    json.writeNumberField("added", change.added());
    json.writeNumberField("altered", change.altered());
    json.writeNumberField("removed", change.removed());
    json.writeEndObject();
  }

  /** As [kind, name, place, state, error, conditions]. */
  private static void objects(JsonGenerator json, List<Observed.Item> objects) throws IOException {
    json.writeArrayFieldStart("objects");
    for (Observed.Item item : objects.subList(0, Math.min(MOST_OBJECTS, objects.size()))) {
      json.writeStartArray();
      json.writeString(item.kind());
      json.writeString(item.name());
      json.writeString(item.place());
      json.writeString(item.state());
      json.writeString(item.error());
      json.writeStartArray();
      for (Observed.Condition condition : item.conditions()) {
        condition(json, condition);
      }
      json.writeEndArray();
      json.writeEndArray();
    }
    json.writeEndArray();
  }

  /** As [type, status, reason, whether it is well, message]. */
  private static void condition(JsonGenerator json, Observed.Condition condition)
      throws IOException {
    json.writeStartArray();
    json.writeString(condition.type());
    json.writeBoolean(condition.status());
    json.writeString(condition.reason());
    json.writeBoolean(condition.well());
    json.writeString(condition.message());
    json.writeEndArray();
  }
}
