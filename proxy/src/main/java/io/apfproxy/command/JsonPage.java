package io.apfproxy.command;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;

/** What the operators' pages say as JSON. Source: specification seeing.md V-04. */
final class JsonPage {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int VERSION = 1;

  private JsonPage() {}

  /** Writes something. */
  interface Writing {
    void to(JsonGenerator json) throws IOException;
  }

  /**
   * A page, which is one line: an object that begins with the version of the format.
   *
   * @param fields writes the others
   */
  static String of(Writing fields) {
    return value(
            json -> {
              json.writeStartObject();
              json.writeNumberField("version", VERSION);
              fields.to(json);
              json.writeEndObject();
            })
        + "\n";
  }

  /** What is written, and nothing more. */
  static String value(Writing writing) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      writing.to(json);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return text.toString();
  }
}
