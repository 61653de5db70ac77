package io.apfproxy.report;

/**
 * What clients write, as it may be shown: cut, and with what controls a terminal escaped. Source:
 * specification seeing.md V-04.
 */
public final class ShownText {
  /** Bytes of a name in UTF-8, at most. */
  public static final int NAME = 128;

  private static final String CUT = "…";
  private static final int CUT_BYTES = 3;
  private static final String DIGITS = "0123456789abcdef";

  private ShownText() {}

  /** A name. What was shown already stays as it is. */
  public static String of(String name) {
    return of(name, NAME);
  }

  /**
   * @param longest bytes in UTF-8, 3 or more
   */
  public static String of(String text, int longest) {
    return isPlain(text, longest) ? text : escaped(text, longest);
  }

  private static boolean isPlain(String text, int longest) {
    if (text.length() > longest) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < ' ' || text.charAt(i) > '~') {
        return false;
      }
    }
    return true;
  }

  private static String escaped(String text, int longest) {
    StringBuilder shown = new StringBuilder();
    int bytes = 0;
    int cut = 0; // where it ends if what follows finds no room
    for (int i = 0; i < text.length(); ) {
      int point = text.codePointAt(i);
      int before = shown.length();
      if (mayBeShown(point)) {
        shown.appendCodePoint(point);
        bytes += bytes(point);
      } else {
        escape(point, shown);
        bytes += shown.length() - before;
      }
      if (bytes > longest) {
        shown.setLength(cut);
        return shown.append(CUT).toString();
      }
      if (bytes <= longest - CUT_BYTES) {
        cut = shown.length();
      }
      i += Character.charCount(point);
    }
    return shown.toString();
  }

  /**
   * Neither controls a terminal, nor turns the direction of what follows, nor is half a character.
   */
  private static boolean mayBeShown(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.PRIVATE_USE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }

  private static void escape(int point, StringBuilder shown) {
    boolean wide = point > 0xffff;
    shown.append('\\').append(wide ? 'U' : 'u');
    for (int shift = wide ? 28 : 12; shift >= 0; shift -= 4) {
      shown.append(DIGITS.charAt((point >>> shift) & 0xf));
    }
  }

  private static int bytes(int point) {
    return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
}
