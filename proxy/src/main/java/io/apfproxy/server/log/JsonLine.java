package io.apfproxy.server.log;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import io.apfproxy.request.GoDuration;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * Writes JSON objects, each a line, one after the other into the same bytes. Belongs to one thread.
 * Memory takes them: what is declared here is never thrown.
 */
final class JsonLine {
  /*
   * One generator for all lines: making one for each, and going by texts to bytes, cost more than the
   * line. It writes characters, not bytes, so that half of a surrogate pair is a question mark and no
   * error.
   */
  private static final JsonFactory JSON =
      new JsonFactoryBuilder().rootValueSeparator((String) null).build();

  private final LineBuffer line = new LineBuffer();
  private final StringBuilder text = new StringBuilder();
  private JsonGenerator json = into(line);

  private static JsonGenerator into(LineBuffer line) {
    try {
      return JSON.createGenerator(new OutputStreamWriter(line, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Begins the line's object, also where an earlier one was not ended. */
  JsonLine begin() throws IOException {
    line.clear();
    if (!json.getOutputContext().inRoot()) {
      json = into(line);
    }
    json.writeStartObject();
    return this;
  }

  /** Ends it, and the line, which is good until the next one begins. */
  LineBuffer end() throws IOException {
    json.writeEndObject();
    json.writeRaw('\n');
    json.flush();
    return line;
  }

  /** Begins a field's object; {@link #endObject} ends it. */
  JsonLine object(String name) throws IOException {
    json.writeObjectFieldStart(name);
    return this;
  }

  JsonLine endObject() throws IOException {
    json.writeEndObject();
    return this;
  }

  /** Begins a field's array of texts; {@link #endArray} ends it. */
  JsonLine array(String name) throws IOException {
    json.writeArrayFieldStart(name);
    return this;
  }

  JsonLine element(String value) throws IOException {
    json.writeString(value);
    return this;
  }

  JsonLine endArray() throws IOException {
    json.writeEndArray();
    return this;
  }

  JsonLine text(String name, CharSequence value) throws IOException {
    json.writeStringField(name, value.toString());
    return this;
  }

  /** The same, but nothing if the text is empty. */
  JsonLine optional(String name, String value) throws IOException {
    return value.isEmpty() ? this : text(name, value);
  }

  JsonLine number(String name, long value) throws IOException {
    json.writeNumberField(name, value);
    return this;
  }

  JsonLine number(String name, double value) throws IOException {
    json.writeNumberField(name, value);
    return this;
  }

  /** A number as a text. */
  JsonLine textOf(String name, long value) throws IOException {
    return text(name, Long.toString(value));
  }

  /** Two numbers as a text, with a slash between. */
  JsonLine textOf(String name, long first, long second) throws IOException {
    return text(name, first + "/" + second);
  }

  /** A field that is only there if it is true. */
  JsonLine flag(String name, boolean value) throws IOException {
    if (value) {
      json.writeBooleanField(name, true);
    }
    return this;
  }

  /**
   * A duration as Go writes it; nothing if it is negative.
   *
   * @param nanos nanoseconds
   */
  JsonLine duration(String name, long nanos) throws IOException {
    if (nanos >= 0) {
      text.setLength(0);
      GoDuration.append(nanos, text);
      text(name, text);
    }
    return this;
  }
}
