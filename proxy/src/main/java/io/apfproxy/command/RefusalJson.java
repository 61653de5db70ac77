package io.apfproxy.command;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import io.apfproxy.flowcontrol.Circumstances;
import io.apfproxy.flowcontrol.Classification;
import io.apfproxy.json.JsonText;
import io.apfproxy.report.HeaviestFlow;
import io.apfproxy.report.refusals.RefusalAnswer;
import io.apfproxy.report.refusals.Refused;
import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Remembered refusals as JSON, to be written and read: what a refusal does not have is left out.
 * Source: specification seeing.md V-04, V-28.
 */
public final class RefusalJson {
  private static final double NANOS = 1e9;
  private static final double DIGITS = 1e6;

  private RefusalJson() {}

  /** One line. */
  public static String write(RefusalAnswer answer) {
    return JsonText.page(
        json -> {
          json.writeNumberField("capacity", answer.capacity());
          json.writeNumberField("remembered", answer.remembered());
          json.writeNumberField("total", answer.total());
          if (answer.since() > 0) {
            json.writeStringField("since", time(answer.since()));
          }
          json.writeArrayFieldStart("rows");
          for (Refused one : answer.rows()) {
            write(one, json);
          }
          json.writeEndArray();
        });
  }

  /** One of them, as an object. */
  public static String write(Refused one) {
    return JsonText.of(json -> write(one, json));
  }

  private static void write(Refused one, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("time", time(one.epochMillis()));
    text(json, "auditId", one.auditId());
    json.writeStringField("rule", one.rule());
    if (one.would()) {
      json.writeBooleanField("would", true);
    }
    number(json, "code", one.code());
    json.writeStringField("message", one.message());
    text(json, "user", one.who().user());
    text(json, "agent", one.who().agent());
    text(json, "address", one.who().address());
    text(json, "request", one.request());
    text(json, "flowSchema", one.place().flowSchema());
    text(json, "priorityLevel", one.place().priorityLevel());
    text(json, "flowDistinguisher", one.place().flowDistinguisher());
    text(json, "rateLimit", one.rateLimit());
    text(json, "rateLimitKey", one.rateLimitKey());
    json.writeNumberField("waitedSeconds", Math.round(one.waitedNanos() / NANOS * DIGITS) / DIGITS);
    number(json, "retryAfterSeconds", one.retryAfterSeconds());
    if (one.seats() > 0) {
      json.writeNumberField("seats", one.seats());
    }
    if (!one.found().equals(Circumstances.NONE)) {
      write(one.found(), json);
    }
    if (one.heaviest() != null) {
      write(one.heaviest(), one.place(), json);
    }
    json.writeEndObject();
  }

  private static void write(Circumstances found, JsonGenerator json) throws IOException {
    json.writeNumberField("inUse", found.inUse());
    json.writeNumberField("limit", found.limit());
    if (found.queue() >= 0) {
      json.writeNumberField("queue", found.queue());
      json.writeNumberField("queueLength", found.queueLength());
      json.writeNumberField("queueLengthLimit", found.queueLimit());
    }
  }

  private static void write(HeaviestFlow.Flow heaviest, Classification place, JsonGenerator json)
      throws IOException {
    json.writeObjectFieldStart("heaviestFlow");
    json.writeStringField("flowSchema", heaviest.schema());
    text(json, "flowDistinguisher", heaviest.distinguisher());
    json.writeNumberField("seats", Math.round(heaviest.seats() * DIGITS) / DIGITS);
    json.writeBooleanField("own", heaviest.isOf(place));
    json.writeEndObject();
  }

  private static void text(JsonGenerator json, String name, String value) throws IOException {
    if (!value.isEmpty()) {
      json.writeStringField(name, value);
    }
  }

  private static void number(JsonGenerator json, String name, int value) throws IOException {
    if (value != 0) {
      json.writeNumberField(name, value);
    }
  }

  private static String time(long epochMillis) {
    return Instant.ofEpochMilli(epochMillis).toString();
  }

  /**
   * Reads what was written; unknown fields do not matter.
   *
   * @throws IllegalArgumentException if it is no such answer
   */
  static RefusalAnswer read(String text) {
    return AnswerRows.read(
        text,
        RefusalJson::row,
        (json, rows) ->
            new RefusalAnswer(
                json.path("capacity").asInt(),
                json.path("remembered").asInt(),
                json.path("total").asLong(),
                json.has("since") ? millis(json.path("since")) : 0,
                rows));
  }

  private static long millis(JsonNode time) {
    return Instant.parse(time.asText()).toEpochMilli();
  }

  private static Refused row(JsonNode json) {
    return new Refused(
        millis(json.path("time")),
        json.path("auditId").asText(),
        json.path("rule").asText(),
        json.path("would").asBoolean(),
        json.path("code").asInt(),
        json.path("message").asText(),
        new Refused.Who(
            json.path("user").asText(), json.path("agent").asText(), json.path("address").asText()),
        json.path("request").asText(),
        new Classification(
            json.path("flowSchema").asText(),
            "",
            json.path("priorityLevel").asText(),
            "",
            json.path("flowDistinguisher").asText()),
        json.path("rateLimit").asText(),
        json.path("rateLimitKey").asText(),
        json.path("seats").asInt(),
        found(json),
        Math.round(json.path("waitedSeconds").asDouble() * NANOS),
        json.path("retryAfterSeconds").asInt(),
        heaviest(json.path("heaviestFlow")));
  }

  private static Circumstances found(JsonNode json) {
    return json.has("inUse")
        ? new Circumstances(
            json.path("inUse").asInt(),
            json.path("limit").asInt(),
            json.path("queue").asInt(-1),
            json.path("queueLength").asInt(),
            json.path("queueLengthLimit").asInt())
        : Circumstances.NONE;
  }

  private static HeaviestFlow.@Nullable Flow heaviest(JsonNode json) {
    return json.isObject()
        ? new HeaviestFlow.Flow(
            json.path("flowSchema").asText(),
            json.path("flowDistinguisher").asText(),
            json.path("seats").asDouble())
        : null;
  }
}
