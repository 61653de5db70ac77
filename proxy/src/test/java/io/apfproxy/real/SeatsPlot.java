package io.apfproxy.real;

import io.apfproxy.real.SeatsTimeline.Second;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws a {@link SeatsTimeline}: one below the other, what was counted over the same seconds. */
final class SeatsPlot {
  private static final int WIDTH = 900;
  private static final int HEIGHT = 220;

  private SeatsPlot() {}

  /**
   * @param file without its ending
   */
  static void write(List<Second> seconds, Path file) throws IOException {
    List<XYChart> charts =
        List.of(
            chart(seconds, "seats in all", Second::seats),
            chart(seconds, "upstream's delay, ms", Second::delay),
            chart(seconds, "lists a second", Second::lists),
            chart(seconds, "p99 of the mouse, ms", Second::p99));
    charts.get(charts.size() - 1).setXAxisTitle("seconds since the flood began");
    BitmapEncoder.saveBitmap(charts, charts.size(), 1, file.toString(), BitmapFormat.PNG);
  }

  private static XYChart chart(
      List<Second> seconds, String title, ToDoubleFunction<Second> figure) {
    XYChart chart = new XYChartBuilder().width(WIDTH).height(HEIGHT).title(title).build();
    chart.getStyler().setChartBackgroundColor(Color.WHITE).setLegendVisible(false);
    chart.getStyler().setYAxisMin(0.0);
    chart
        .addSeries(
            title,
            seconds.stream().mapToDouble(Second::number).toArray(),
            seconds.stream().mapToDouble(figure).toArray())
        .setMarker(SeriesMarkers.NONE);
    return chart;
  }
}
