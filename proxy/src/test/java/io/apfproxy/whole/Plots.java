package io.apfproxy.whole;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws the results, each picture as SVG and as PNG. */
final class Plots {
  private static final int WIDTH = 1_000;
  private static final int HEIGHT = 500;

  private final Results results;
  private final Path folder;

  Plots(Results results, Path folder) {
    this.results = results;
    this.folder = folder;
  }

  /** Writes all pictures for which there are figures. */
  void write() throws IOException {
    course("start-cpu", "CPU of a request since ready", "µs", Figures::cpuMicros);
    course("start-p99", "p99 since ready", "ms", Figures::p99Millis);
    bars("cpu", "CPU of a small request, warm", "µs", Figures::cpuMicros);
    bars("p99", "p99 of a small request, warm", "ms", Figures::p99Millis);
  }

  private void course(String file, String title, String unit, ToDoubleFunction<Figures> figure)
      throws IOException {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle("s")
            .yAxisTitle(unit)
            .build();
    // from the first requests of a cold proxy to those of a warm one it is two decades
    chart.getStyler().setYAxisLogarithmic(true);
    for (String front : results.fronts().keySet()) {
      List<Double> seconds = new ArrayList<>();
      List<Double> values = new ArrayList<>();
      results
          .course(front, figure)
          .forEach(
              (second, value) -> {
                if (value > 0) {
                  seconds.add(second);
                  values.add(value);
                }
              });
      if (!values.isEmpty()) {
        chart.addSeries(front, seconds, values).setMarker(SeriesMarkers.NONE);
      }
    }
    if (!chart.getSeriesMap().isEmpty()) {
      save(chart, file);
    }
  }

  private void bars(String file, String title, String unit, ToDoubleFunction<Figures> figure)
      throws IOException {
    List<String> loads = results.loads().stream().filter(load -> !load.contains("lists")).toList();
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .yAxisTitle(unit)
            .build();
    for (Map.Entry<String, String> front : results.fronts().entrySet()) {
      List<Double> values =
          loads.stream()
              .map(load -> results.of(front.getKey(), load, figure).map(Spread::median).orElse(0.0))
              .toList();
      if (values.stream().anyMatch(value -> value > 0)) {
        chart.addSeries(front.getKey(), loads, values);
      }
    }
    if (!chart.getSeriesMap().isEmpty()) {
      save(chart, file);
    }
  }

  private void save(Chart<?, ?> chart, String file) throws IOException {
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    String path = folder.resolve(file).toString();
    BitmapEncoder.saveBitmap(chart, path, BitmapFormat.PNG);
    VectorGraphicsEncoder.saveVectorGraphic(chart, path, VectorGraphicsFormat.SVG);
  }
}
