package io.apfproxy.learn;

/** Counts the items of a JSON list, or the rows of a JSON table. */
final class JsonItems extends ListItems {
  /*
   * Only three facts are wanted, so only two depths are looked at: the keys of the list and those of its metadata. Below, nothing
   * but brackets and string ends counts; strings, most of the bytes, are skipped in one tight loop. Keys with escapes are not
   * recognised: no API server writes them.
   * Why not Jackson's non-blocking parser: it has no way to skip. It gathers each string whole, two bytes a character, and strings of a
   * megabyte are usual in secrets; who reads such lists slowly, in many ways at once, would fill the heap with them.
   */
  private static final int LIST = 1;
  private static final int SECTION = 2;
  private static final int ITEM = 3;
  private static final String PARTIAL_KIND = "PartialObjectMetadataList";
  private static final long MOST_REMAINING = Long.MAX_VALUE / 100;

  private final byte[] text = new byte[PARTIAL_KIND.length() + 1];
  private int textLength;
  private Place place = Place.STRUCTURE;
  private boolean capturing;
  private boolean valueExpected;
  private int depth;
  private Key key = Key.OTHER;
  private Key section = Key.OTHER;
  private boolean begun;

  private enum Place {
    STRUCTURE,
    STRING,
    /** Behind a backslash. */
    ESCAPE
  }

  private enum Key {
    ITEMS("items"),
    ROWS("rows"),
    METADATA("metadata"),
    KIND("kind"),
    REMAINING("remainingItemCount"),
    OTHER("");

    private static final Key[] ALL = values();
    private final String name;

    Key(String name) {
      this.name = name;
    }
  }

  @Override
  public void accept(byte[] bytes, int offset, int length) {
    int end = offset + length;
    for (int position = offset; position < end && !isDone(); position++) {
      if (place == Place.STRUCTURE) {
        structure(bytes[position]);
      } else {
        position = string(bytes, position, end);
      }
    }
  }

  @Override
  boolean isComplete() {
    return begun && depth == 0 && !isDone();
  }

  /** Walks through a string; answers the last position it looked at. */
  private int string(byte[] bytes, int from, int end) {
    for (int position = from; position < end; position++) {
      byte octet = bytes[position];
      if (place == Place.ESCAPE) {
        place = Place.STRING;
      } else if (octet == '\\') {
        place = Place.ESCAPE;
      } else if (octet == '"') {
        place = Place.STRUCTURE;
        endOfString();
        return position;
      }
      if (capturing && textLength < text.length) {
        text[textLength++] = octet;
      }
    }
    return end - 1;
  }

  private void structure(byte octet) {
    switch (octet) {
      case '{', '[' -> open(octet);
      case '}', ']' -> close();
      case '"' -> beginString();
      case ':' -> valueExpected = true;
      case ',' -> valueExpected = false;
      default -> {
        if (depth == 0) {
          expect(octet <= ' ');
        } else if (depth == SECTION && key == Key.REMAINING && valueExpected) {
          digit(octet);
        }
      }
    }
  }

  private void open(byte bracket) {
    expect(depth > 0 || (!begun && bracket == '{'));
    begun = true;
    depth++;
    if (depth == SECTION) {
      section = valueExpected ? key : Key.OTHER;
      if (section == Key.ROWS) {
        foundPartsOnly();
      }
    } else if (depth == ITEM && (section == Key.ITEMS || section == Key.ROWS)) {
      foundItem();
    }
    valueExpected = false;
  }

  private void close() {
    depth--;
    expect(depth >= 0);
    valueExpected = false;
    if (depth == LIST) {
      section = Key.OTHER;
    }
  }

  private void beginString() {
    expect(depth > 0);
    place = Place.STRING;
    capturing = depth == LIST || (depth == SECTION && section == Key.METADATA);
    textLength = 0;
  }

  private void endOfString() {
    if (!capturing) {
      return;
    }
    if (!valueExpected) {
      key = keyInText();
    } else if (key == Key.KIND && depth == LIST && textIs(PARTIAL_KIND)) {
      foundPartsOnly();
    }
  }

  private Key keyInText() {
    for (Key candidate : Key.ALL) {
      if (textIs(candidate.name)) {
        return candidate;
      }
    }
    return Key.OTHER;
  }

  private boolean textIs(String expected) {
    if (textLength != expected.length()) {
      return false;
    }
    for (int i = 0; i < textLength; i++) {
      if (text[i] != expected.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private void digit(byte octet) {
    if (octet >= '0' && octet <= '9' && remaining() < MOST_REMAINING) {
      foundRemaining(Math.max(remaining(), 0) * 10 + (octet - '0'));
    }
  }
}
