package io.apfproxy.replay.page;

import java.util.List;
import java.util.Locale;

/** Pieces of HTML; whatever comes from elsewhere is text. */
final class Html {
  private Html() {}

  /** Text in an element or in an attribute in double quotes; marks that turn text are shown. */
  static String text(String raw) {
    StringBuilder text = new StringBuilder();
    raw.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '<' -> text.append("&lt;");
                case '>' -> text.append("&gt;");
                case '&' -> text.append("&amp;");
                case '"' -> text.append("&quot;");
                case '\'' -> text.append("&#39;");
                default -> {
                  if (Character.isISOControl(c)
                      || Character.getType(c) == Character.FORMAT
                      || Character.getType(c) == Character.SURROGATE) {
                    text.append(String.format(Locale.ROOT, "\\u%04x", c));
                  } else {
                    text.appendCodePoint(c);
                  }
                }
              }
            });
    return text.toString();
  }

  /** A table's beginning, with its headings. */
  static String table(String caption, List<String> headings) {
    StringBuilder html = new StringBuilder("<table><caption>");
    html.append(text(caption)).append("</caption><tr>");
    headings.forEach(h -> html.append("<th scope=\"col\">").append(text(h)).append("</th>"));
    return html.append("</tr>\n").toString();
  }

  /** A row of it. */
  static String row(List<String> cells) {
    StringBuilder html = new StringBuilder("<tr>");
    cells.forEach(cell -> html.append("<td>").append(text(cell)).append("</td>"));
    return html.append("</tr>\n").toString();
  }
}
