package io.apfproxy.server.log;

import io.apfproxy.recorded.Naming;
import io.apfproxy.report.Account;
import java.io.ByteArrayOutputStream;
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
    line.ascii(text);
    return line;
  }

  static String text(LineBuffer line) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      line.writeTo(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  /** Makes the access log's lines of these, in turn, and says how many bytes one has. */
  public static IntUnaryOperator access(Account[] accounts) {
    AccessEntry[] entries = new AccessEntry[accounts.length];
    for (int i = 0; i < entries.length; i++) {
      entries[i] = AccessEntry.of(accounts[i], NOW_MILLIS);
    }
    AccessLine line = new AccessLine(1, new LineBuffer());
    return i -> line.of(entries[i % entries.length]).length();
  }

  /** The same for a recording's lines. */
  public static IntUnaryOperator recorded(Account[] accounts, Naming naming) {
    RecordEntry[] entries = new RecordEntry[accounts.length];
    for (int i = 0; i < entries.length; i++) {
      entries[i] = RecordEntry.of(accounts[i], accounts[i].info(), false, accounts[i].endedAt());
    }
    RecordLine line = new RecordLine(naming, NOW_MILLIS * 1_000, new LineBuffer());
    return i -> line.of(entries[i % entries.length]).length();
  }
}
