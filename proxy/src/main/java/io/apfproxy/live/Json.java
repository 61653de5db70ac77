package io.apfproxy.live;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;

/** Writes JSON into a string. */
final class Json {
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final double DIGITS = 1e4;

  private Json() {}

  /** Writes something. */
  interface Writing {
    void to(JsonGenerator json) throws IOException;
  }

  static String of(Writing writing) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(text)) {
      writing.to(json);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return text.toString();
  }

  /** Null where it is no number, as JSON has no other; four digits behind the point. */
  static void number(JsonGenerator json, double number) throws IOException {
    if (Double.isNaN(number) || Double.isInfinite(number)) {
      json.writeNull();
    } else if (number == Math.rint(number)) {
      json.writeNumber((long) number);
    } else {
      json.writeNumber(Math.round(number * DIGITS) / DIGITS);
    }
  }

  static void number(JsonGenerator json, String name, double number) throws IOException {
    json.writeFieldName(name);
    number(json, number);
  }

  static void numbers(JsonGenerator json, int[] numbers) throws IOException {
    json.writeArray(numbers, 0, numbers.length);
  }
}
