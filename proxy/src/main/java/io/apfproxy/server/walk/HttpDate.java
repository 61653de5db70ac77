package io.apfproxy.server.walk;

import io.apfproxy.time.TimeSource;
import io.netty.handler.codec.DateFormatter;
import java.util.Date;
import java.util.concurrent.TimeUnit;

/** The value of {@code Date} in a response, written anew at most once a second. Not thread-safe. */
final class HttpDate {
  private final TimeSource time;
  private long second = Long.MIN_VALUE;
  private String text = "";

  HttpDate(TimeSource time) {
    this.time = time;
  }

  /** As of now, for example {@code Sun, 06 Nov 1994 08:49:37 GMT}. */
  @SuppressWarnings("JavaUtilDate") // what the formatter takes
  String text() {
    long now = Math.floorDiv(time.epochMillis(), TimeUnit.SECONDS.toMillis(1));
    if (now != second) {
      second = now;
      text = DateFormatter.format(new Date(TimeUnit.SECONDS.toMillis(now)));
    }
    return text;
  }
}
