package io.apfproxy.replay.page;

import java.util.ArrayList;
import java.util.List;

/** Columns as wide as what stands in them; texts to the left, figures to the right. */
final class Table {
  private final List<String> headings;
  private final int texts;
  private final int textsBehind;
  private final List<List<String>> rows = new ArrayList<>();

  /**
   * @param texts so many columns, from the left, hold texts
   * @param textsBehind so many, from the right
   */
  Table(int texts, int textsBehind, String... headings) {
    this.texts = texts;
    this.textsBehind = textsBehind;
    this.headings = List.of(headings);
  }

  void row(List<String> cells) {
    rows.add(List.copyOf(cells));
  }

  boolean isEmpty() {
    return rows.isEmpty();
  }

  @Override
  public String toString() {
    int[] widths = new int[headings.size()];
    List<List<String>> lines = new ArrayList<>();
    lines.add(headings);
    lines.addAll(rows);
    for (List<String> line : lines) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], length(line.get(i)));
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> line : lines) {
      StringBuilder written = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        String fill = " ".repeat(widths[i] - length(line.get(i)));
        written.append(i == 0 ? "" : "  ");
        boolean left = i < texts || i >= widths.length - textsBehind;
        written.append(left ? line.get(i) + fill : fill + line.get(i));
      }
      text.append(written.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }

  private static int length(String cell) {
    return cell.codePointCount(0, cell.length());
  }
}
