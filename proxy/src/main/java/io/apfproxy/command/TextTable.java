package io.apfproxy.command;

import java.util.List;

/**
 * Rows of cells as lines of text: the first cell to the left, the others to the right, a last one
 * of words to the left again.
 */
final class TextTable {
  private static final int SHORTEST_KEY = 12;

  private final List<List<String>> rows;
  private final boolean words;
  private final int[] widths;

  /**
   * @param rows the headings first; all of the same length
   * @param words whether the last cell is of words
   */
  TextTable(List<List<String>> rows, boolean words) {
    this.rows = rows;
    this.words = words;
    this.widths = new int[rows.get(0).size()];
    rows.forEach(
        row -> {
          for (int i = 0; i < widths.length; i++) {
            widths[i] = Math.max(widths[i], length(row.get(i)));
          }
        });
  }

  /**
   * @param head a line above it
   * @param columns of the terminal; kept to as far as head and first cells can be cut
   */
  String text(String head, int columns) {
    int others = 0;
    for (int i = 1; i < widths.length; i++) {
      others += 2 + widths[i];
    }
    int key = Math.min(widths[0], Math.max(SHORTEST_KEY, columns - others));
    StringBuilder text = new StringBuilder(cut(head, columns)).append('\n');
    rows.forEach(row -> text.append(line(row, key)).append('\n'));
    return text.toString();
  }

  private String line(List<String> cells, int keyWidth) {
    StringBuilder line = new StringBuilder();
    String key = cut(cells.get(0), keyWidth);
    line.append(key).append(" ".repeat(keyWidth - length(key)));
    int last = words ? widths.length - 1 : widths.length;
    for (int i = 1; i < last; i++) {
      line.append(" ".repeat(2 + widths[i] - length(cells.get(i)))).append(cells.get(i));
    }
    return words ? line.append("  ").append(cells.get(last)).toString() : line.toString();
  }

  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  /** In the middle, as both ends tell most. */
  private static String cut(String text, int columns) {
    int length = length(text);
    if (length <= columns) {
      return text;
    }
    int tail = (columns - 1) / 2;
    int head = columns - 1 - tail;
    return text.substring(0, text.offsetByCodePoints(0, head))
        + "…"
        + text.substring(text.offsetByCodePoints(0, length - tail));
  }
}
