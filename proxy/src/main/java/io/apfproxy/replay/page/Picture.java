package io.apfproxy.replay.page;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Lines over time as SVG, without script or style of its own. */
final class Picture {
  private static final int WIDTH = 640;
  private static final int HEIGHT = 120;
  private static final int LEFT = 52;
  private static final int BOTTOM = 16;
  private static final int TOP = 8;

  private final String title;
  private final String unit;
  private final List<Line> lines = new ArrayList<>();

  private static final class Line {
    private final String style;
    private final String name;
    private final double[] points;

    Line(String style, String name, double[] points) {
      this.style = style;
      this.name = name;
      this.points = points;
    }
  }

  /**
   * @param title plain text, for those who do not see it
   */
  Picture(String title, String unit) {
    this.title = title;
    this.unit = unit;
  }

  /**
   * Adds one.
   *
   * @param style its class
   */
  Picture line(String style, String name, double[] points) {
    lines.add(new Line(style, name, points));
    return this;
  }

  /**
   * Draws them.
   *
   * @param seconds that the whole width means
   */
  String svg(double seconds) {
    double most = 0;
    for (Line line : lines) {
      for (double point : line.points) {
        most = Math.max(most, point);
      }
    }
    double top = most == 0 ? 1 : most;
    StringBuilder svg = new StringBuilder();
    svg.append("<svg viewBox=\"0 0 ").append(WIDTH).append(' ').append(HEIGHT);
    svg.append("\" role=\"img\" aria-label=\"").append(Html.text(title)).append("\">");
    svg.append("<path class=\"axis\" d=\"M").append(LEFT).append(' ').append(TOP).append('V');
    svg.append(HEIGHT - BOTTOM).append('H').append(WIDTH).append("\"/>");
    label(svg, LEFT - 4, TOP + 8, "end", number(most) + unit);
    label(svg, LEFT - 4, HEIGHT - BOTTOM, "end", "0");
    label(svg, LEFT, HEIGHT - 3, "start", "0s");
    label(svg, WIDTH, HEIGHT - 3, "end", Words.span(Math.rint(seconds)));
    lines.forEach(line -> svg.append(path(line, top)));
    return svg.append("</svg>").toString();
  }

  /** What it shows, and which line is which, in words. */
  String caption() {
    return Html.text(title)
        + lines.stream()
            .map(line -> Html.text(line.name))
            .collect(Collectors.joining(", ", " (", ")"));
  }

  private static void label(StringBuilder svg, int x, int y, String anchor, String text) {
    svg.append("<text x=\"").append(x).append("\" y=\"").append(y);
    svg.append("\" text-anchor=\"").append(anchor).append("\">");
    svg.append(Html.text(text)).append("</text>");
  }

  private static String path(Line line, double top) {
    StringBuilder path = new StringBuilder("<path class=\"").append(line.style).append("\" d=\"");
    double[] points = line.points;
    double step = (double) (WIDTH - LEFT) / Math.max(1, points.length);
    for (int i = 0; i < points.length; i++) {
      double y = HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * points[i] / top;
      path.append(i == 0 ? "M" : "L").append(coordinate(LEFT + (i + 0.5) * step));
      path.append(' ').append(coordinate(y));
    }
    return path.append("\"><title>")
        .append(Html.text(line.name))
        .append("</title></path>")
        .toString();
  }

  private static String coordinate(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }

  /** Three digits. */
  static String number(double value) {
    if (value == Math.rint(value)) {
      return Long.toString((long) value);
    }
    return String.format(Locale.ROOT, value < 1 ? "%.3f" : value < 100 ? "%.2f" : "%.0f", value);
  }
}
