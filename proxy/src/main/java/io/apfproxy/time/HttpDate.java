package io.apfproxy.time;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * The value of {@code Date} in a response, written anew at most once a second. Not thread-safe.
 * Source: RFC 9110, 5.6.7.
 */
public final class HttpDate {
  private static final DateTimeFormatter FORM =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private final TimeSource time;
  private long second = Long.MIN_VALUE;
  private String text = "";

  public HttpDate(TimeSource time) {
    this.time = time;
  }

  /** As of now, for example {@code Sun, 06 Nov 1994 08:49:37 GMT}. */
  public String text() {
    long now = Math.floorDiv(time.epochMillis(), TimeUnit.SECONDS.toMillis(1));
    if (now != second) {
      second = now;
      text = FORM.format(Instant.ofEpochSecond(now));
    }
    return text;
  }
}
