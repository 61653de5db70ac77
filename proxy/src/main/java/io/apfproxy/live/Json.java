package io.apfproxy.live;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;

/** Numbers of the dashboard in JSON. */
final class Json {
  private static final double DIGITS = 1e4;

  private Json() {}

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
