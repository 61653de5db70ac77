package io.apfproxy.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;

/** Writes JSON into a string. */
public final class JsonText {
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final int VERSION = 1;

  private JsonText() {}

  /** Writes something. */
  public interface Writing {
    void to(JsonGenerator json) throws IOException;
  }

  /** What is written, and nothing more. */
  public static String of(Writing writing) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(text)) {
      writing.to(json);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return text.toString();
  }

  /**
   * What operators' programs read, which is one line: an object that begins with the version of the
   * format. Fields are only added. Source: specification seeing.md V-04.
   *
   * @param fields writes the others
   */
  public static String page(Writing fields) {
    return of(
            json -> {
              json.writeStartObject();
              json.writeNumberField("version", VERSION);
              fields.to(json);
              json.writeEndObject();
            })
        + "\n";
  }
}
