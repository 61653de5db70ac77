package io.apfproxy.server.log;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Instants of the accounts' clock as kube-apiserver writes a MicroTime. Belongs to one thread. */
final class MicroTime {
  /*
   * Most lines are of the same second, or the one before: only its microseconds are written anew.
   */
  private static final long MICROS_PER_SECOND = 1_000_000;
  private static final long NANOS_PER_MICRO = 1_000;
  private static final long FIRST_DIGIT = MICROS_PER_SECOND / 10;

  private static final DateTimeFormatter SECOND =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final long zeroMicros;
  private final StringBuilder text = new StringBuilder();
  private long second = Long.MIN_VALUE;
  private int secondLength;

  /**
   * @param zeroMicros what the wall clock says where the accounts' clock says 0, in microseconds
   *     since 1970
   */
  MicroTime(long zeroMicros) {
    this.zeroMicros = zeroMicros;
  }

  /** Good until the next call. */
  CharSequence text(long nanos) {
    long micros = zeroMicros + Math.floorDiv(nanos, NANOS_PER_MICRO);
    long asked = Math.floorDiv(micros, MICROS_PER_SECOND);
    if (asked != second) {
      text.setLength(0);
      SECOND.formatTo(Instant.ofEpochSecond(asked), text);
      second = asked;
      secondLength = text.length();
    }
    text.setLength(secondLength);
    long rest = Math.floorMod(micros, MICROS_PER_SECOND);
    for (long digit = FIRST_DIGIT; digit > 0; digit /= 10) {
      text.append((char) ('0' + rest / digit % 10));
    }
    return text.append('Z');
  }
}
