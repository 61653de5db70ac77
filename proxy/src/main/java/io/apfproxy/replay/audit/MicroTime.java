package io.apfproxy.replay.audit;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;

/** Instants as audit events have them, such as {@code 2026-01-02T15:04:05.123456Z}. */
final class MicroTime {
  /*
   * Two for each event of millions: the form that kube-apiserver writes is read digit by digit, with the
   * days of the civil calendar as of Howard Hinnant's days_from_civil; any other by java.time.
   */
  private static final long MICROS = 1_000_000;
  private static final String SHAPE = "0000-00-00T00:00:00.000000Z";

  private MicroTime() {}

  /**
   * @param field its name, for what is said of a wrong one
   * @return microseconds since 1970
   */
  static long parse(String field, String text) throws BadLine {
    if (!hasShape(text)) {
      return slow(field, text);
    }
    long seconds =
        days(number(text, 0, 4), number(text, 5, 7), number(text, 8, 10)) * 86_400L
            + number(text, 11, 13) * 3_600L
            + number(text, 14, 16) * 60L
            + number(text, 17, 19);
    return seconds * MICROS + number(text, 20, 26);
  }

  private static boolean hasShape(String text) {
    if (text.length() != SHAPE.length()) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char expected = SHAPE.charAt(i);
      char found = text.charAt(i);
      if (expected == '0' ? found < '0' || found > '9' : found != expected) {
        return false;
      }
    }
    return true;
  }

  private static int number(String text, int from, int to) {
    int number = 0;
    for (int i = from; i < to; i++) {
      number = number * 10 + (text.charAt(i) - '0');
    }
    return number;
  }

  private static long days(int year, int month, int day) {
    long y = month <= 2 ? year - 1 : year;
    long era = Math.floorDiv(y, 400L);
    long ofEra = y - era * 400;
    long ofYear = (153L * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719_468;
  }

  private static long slow(String field, String text) throws BadLine {
    try {
      Instant instant = OffsetDateTime.parse(text).toInstant();
      return Math.addExact(
          Math.multiplyExact(instant.getEpochSecond(), MICROS), instant.getNano() / 1_000);
    } catch (DateTimeParseException | ArithmeticException e) {
      throw BadLine.of(field, '"' + text + '"', "an instant such as 2006-01-02T15:04:05.123456Z");
    }
  }
}
