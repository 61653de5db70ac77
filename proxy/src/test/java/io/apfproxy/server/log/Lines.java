package io.apfproxy.server.log;

import io.apfproxy.recorded.Naming;
import io.apfproxy.report.Account;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.function.IntUnaryOperator;

/** Lines for those who look at them, and at what they cost. */
public final class Lines {
  private static final long NOW_MILLIS = 1_700_000_000_123L;

  private Lines() {}

  /** A line of this text, in ASCII. */
  static LineBuffer of(String text) {
    LineBuffer line = new LineBuffer();
    line.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    return line;
  }

  /** What is written for it. */
  static <E> String text(LineFormat<E> format, E entry) {
    return made(format, entry).toString(StandardCharsets.UTF_8);
  }

  private static <E> LineBuffer made(LineFormat<E> format, E entry) {
    try {
      return format.of(entry);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes the access log's lines of these, in turn, and says how many bytes one has. */
  public static IntUnaryOperator access(Account[] accounts) {
    AccessEntry[] entries = new AccessEntry[accounts.length];
    for (int i = 0; i < entries.length; i++) {
      entries[i] = AccessEntry.of(accounts[i], NOW_MILLIS);
    }
    AccessLine line = new AccessLine(1);
    return i -> made(line, entries[i % entries.length]).size();
  }

  /** The same for a recording's lines. */
  public static IntUnaryOperator recorded(Account[] accounts, Naming naming) {
    RecordEntry[] entries = new RecordEntry[accounts.length];
    for (int i = 0; i < entries.length; i++) {
      entries[i] = RecordEntry.of(accounts[i], accounts[i].info(), false, accounts[i].endedAt());
    }
    RecordLine line = new RecordLine(naming, NOW_MILLIS * 1_000);
    return i -> made(line, entries[i % entries.length]).size();
  }
}
