package io.apfproxy.flowcontrol;

import java.util.ArrayList;
import java.util.List;

/**
 * A table as kube-apiserver prints it in its debug endpoints. Source: reference,
 * apf_controller_debug.go; specification apf-config.md 6.
 */
final class DumpTable {
  private static final int NARROWEST_COLUMN = 8;

  private final List<String[]> rows = new ArrayList<>();
  private final int[] widths;

  DumpTable(String... header) {
    widths = new int[header.length];
    java.util.Arrays.fill(widths, NARROWEST_COLUMN);
    row((Object[]) header);
  }

  /** Adds one row; a comma or control character in a cell becomes a question mark. */
  void row(Object... cells) {
    String[] row = new String[widths.length];
    for (int column = 0; column < row.length; column++) {
      row[column] = clean(String.valueOf(cells[column]));
      int width = row[column].codePointCount(0, row[column].length()) + 2; // a comma and a space
      widths[column] = Math.max(widths[column], width);
    }
    rows.add(row);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (String[] row : rows) {
      for (int column = 0; column < row.length - 1; column++) {
        int width = row[column].codePointCount(0, row[column].length()) + 1;
        text.append(row[column]).append(',').append(" ".repeat(widths[column] - width));
      }
      text.append(row[row.length - 1]).append('\n');
    }
    return text.toString();
  }

  /** Names and paths come from clients: none may forge a cell or a line. */
  private static String clean(String cell) {
    boolean harmless = true;
    for (int i = 0; i < cell.length() && harmless; i++) {
      harmless = !isForging(cell.charAt(i));
    }
    if (harmless) {
      return cell;
    }
    StringBuilder cleaned = new StringBuilder(cell.length());
    cell.chars().forEach(c -> cleaned.append(isForging((char) c) ? '?' : (char) c));
    return cleaned.toString();
  }

  private static boolean isForging(char c) {
    return c == ',' || Character.isISOControl(c) || c == '\u2028' || c == '\u2029';
  }
}
