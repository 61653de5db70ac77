package io.apfproxy.server.log;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** One JSON object, with the end of its line. */
final class JsonLine {
  private static final JsonFactory JSON = new JsonFactory();

  private JsonLine() {}

  /** Writes what is in the object. */
  interface Fields {
    void write(JsonGenerator json) throws IOException;
  }

  static byte[] of(Fields fields) {
    // by way of characters: halves of surrogate pairs, which a user's name may have, are no error
    // there
    StringWriter text = new StringWriter(1 << 10);
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      fields.write(json);
      json.writeEndObject();
      json.writeRaw('\n');
    } catch (IOException e) {
      throw new UncheckedIOException(e); // there is no file below it
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }
}
