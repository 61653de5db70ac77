package io.apfproxy.server.log;

import io.apfproxy.request.GoDuration;

/**
 * Writes JSON objects, each a line, into a {@link LineBuffer}. Belongs to one thread.
 *
 * <p>Names of fields are ours: they need no escapes.
 */
final class JsonLine {
  /*
   * Written by hand, as each request may be one or two such lines: a generator and the copies that it
   * goes by cost more than twice as much, and 3 to 9 KB a line. JsonLineTest compares with one.
   */
  private static final String HEX = "0123456789ABCDEF";

  private final LineBuffer line;
  private final StringBuilder text = new StringBuilder();

  /**
   * @param line what is written goes there
   */
  JsonLine(LineBuffer line) {
    this.line = line;
  }

  /** Begins the line's object. */
  JsonLine begin() {
    line.add('{');
    return this;
  }

  /** Ends it, and the line. */
  void end() {
    line.add('}');
    line.add('\n');
  }

  /** Begins a field's object; {@link #endObject} ends it. */
  JsonLine object(String name) {
    name(name);
    line.add('{');
    return this;
  }

  JsonLine endObject() {
    line.add('}');
    return this;
  }

  /** Begins a field's array of texts; {@link #endArray} ends it. */
  JsonLine array(String name) {
    name(name);
    line.add('[');
    return this;
  }

  JsonLine element(String value) {
    separate();
    quoted(value);
    return this;
  }

  JsonLine endArray() {
    line.add(']');
    return this;
  }

  JsonLine text(String name, CharSequence value) {
    name(name);
    quoted(value);
    return this;
  }

  /** The same, but nothing if the text is empty. */
  JsonLine optional(String name, String value) {
    return value.isEmpty() ? this : text(name, value);
  }

  JsonLine number(String name, long value) {
    name(name);
    line.number(value);
    return this;
  }

  /** As {@link Double#toString} writes it. */
  JsonLine number(String name, double value) {
    name(name);
    line.ascii(Double.toString(value));
    return this;
  }

  /** A number as a text. */
  JsonLine textOf(String name, long value) {
    name(name);
    line.add('"');
    line.number(value);
    line.add('"');
    return this;
  }

  /** Two numbers as a text, with a slash between. */
  JsonLine textOf(String name, long first, long second) {
    name(name);
    line.add('"');
    line.number(first);
    line.add('/');
    line.number(second);
    line.add('"');
    return this;
  }

  /** A field that is only there if it is true. */
  JsonLine flag(String name, boolean value) {
    if (value) {
      name(name);
      line.ascii("true");
    }
    return this;
  }

  /**
   * A duration as Go writes it; nothing if it is negative.
   *
   * @param nanos nanoseconds
   */
  JsonLine duration(String name, long nanos) {
    if (nanos >= 0) {
      name(name);
      text.setLength(0);
      GoDuration.append(nanos, text);
      quoted(text);
    }
    return this;
  }

  private void name(String name) {
    separate();
    line.add('"');
    line.ascii(name);
    line.add('"');
    line.add(':');
  }

  private void separate() {
    byte last = line.last();
    if (last != '{' && last != '[') {
      line.add(',');
    }
  }

  private void quoted(CharSequence value) {
    line.add('"');
    int length = value.length();
    for (int at = line.plain(value, 0); at < length; at = line.plain(value, at)) {
      if (value.charAt(at) >= 0x80) {
        at += line.beyondAscii(value, at);
      } else {
        escaped(value.charAt(at++));
      }
    }
    line.add('"');
  }

  private void escaped(char character) {
    line.add('\\');
    switch (character) {
      case '"', '\\' -> line.add(character);
      case '\b' -> line.add('b');
      case '\t' -> line.add('t');
      case '\n' -> line.add('n');
      case '\f' -> line.add('f');
      case '\r' -> line.add('r');
      default -> {
        line.ascii("u00");
        line.add(HEX.charAt(character >> 4));
        line.add(HEX.charAt(character & 0xF));
      }
    }
  }
}
