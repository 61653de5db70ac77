package io.apfproxy.command;

import com.fasterxml.jackson.core.JsonGenerator;
import io.apfproxy.json.JsonText;
import io.apfproxy.report.ShownText;
import java.io.IOException;

/**
 * Explanations as JSON: what a step does not have is left out. Source: specification seeing.md
 * V-04, V-70.
 */
public final class ExplanationJson {

  /** Bytes of a step's text: whoever asks may be in many groups. */
  private static final int LONGEST_TEXT = 4096;

  private ExplanationJson() {}

  /** One line. */
  public static String write(Explanation explanation) {
    return JsonText.page(
        json -> {
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
        });
  }

  private static void name(JsonGenerator json, String field, String value) throws IOException {
    if (!value.isEmpty()) {
      json.writeStringField(field, value);
    }
  }
}
