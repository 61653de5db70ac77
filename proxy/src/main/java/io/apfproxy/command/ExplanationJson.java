package io.apfproxy.command;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.apfproxy.report.ShownText;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;

/**
 * Explanations as JSON: what a step does not have is left out. Source: specification seeing.md
 * V-04, V-70.
 */
public final class ExplanationJson {
  private static final JsonFactory JSON = new JsonFactory();

  /** Bytes of a step's text: whoever asks may be in many groups. */
  private static final int LONGEST_TEXT = 4096;

  private ExplanationJson() {}

  /** One line. */
  public static String write(Explanation explanation) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeNumberField("version", 1);
      json.writeArrayFieldStart("steps");
      for (Explanation.Step step : explanation.steps()) {
        json.writeStartObject();
        json.writeStringField("what", step.what());
        json.writeStringField("text", ShownText.of(step.text(), LONGEST_TEXT));
        name(json, "flowSchema", step.schema());
        name(json, "priorityLevel", step.level());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return text.append('\n').toString();
  }

  private static void name(JsonGenerator json, String field, String value) throws IOException {
    if (!value.isEmpty()) {
      json.writeStringField(field, value);
    }
  }
}
