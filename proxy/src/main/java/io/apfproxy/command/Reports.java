package io.apfproxy.command;

import io.apfproxy.cli.Reasons;
import io.apfproxy.cli.RunOptions;
import io.apfproxy.cli.StartException;
import io.apfproxy.replay.figures.LevelRow;
import io.apfproxy.replay.figures.Report;
import io.apfproxy.replay.page.HtmlReport;
import io.apfproxy.replay.page.JsonReport;
import io.apfproxy.replay.page.TextReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Prints reports, and holds them to the bounds that were given. */
final class Reports {
  private static final double MILLIS = 1e6;

  private Reports() {}

  static Output print(List<Report> reports, RunOptions options) throws StartException {
    Path html = options.html();
    if (html != null) {
      try {
        Files.writeString(html, HtmlReport.of(reports, options.limit()));
      } catch (IOException e) {
        throw new StartException(
            "--html: cannot write " + html + " (" + Reasons.of(e) + "), expected a file", e);
      }
    }
    StringBuilder text = new StringBuilder();
    int exitCode = 0;
    for (Report report : reports) {
      if (options.json()) {
        text.append(JsonReport.of(report, options.limit()));
      } else {
        text.append(text.isEmpty() ? "" : "\n").append(TextReport.of(report, options.limit()));
      }
      List<String> passed = passed(report, options);
      if (!passed.isEmpty()) {
        exitCode = 1;
        if (!options.json()) {
          passed.forEach(line -> text.append('\n').append(line));
          text.append('\n');
        }
      }
    }
    return new Output(text.toString(), exitCode);
  }

  /** What is beyond the bounds, a line each. */
  private static List<String> passed(Report report, RunOptions options) {
    List<String> lines = new ArrayList<>();
    Double refused = options.maxRefused();
    Duration wait = options.maxWaitP99();
    for (LevelRow level : report.after().levels()) {
      double percent = level.counts().refusedPercent();
      if (refused != null && percent > refused) {
        lines.add(
            String.format(
                Locale.ROOT,
                "--max-refused: %s refuses %.3f%%, expected %s%% at most",
                level.name(),
                percent,
                refused));
      }
      if (wait != null && level.counts().waitP99() > wait.toNanos()) {
        lines.add(
            String.format(
                Locale.ROOT,
                "--max-wait-p99: a hundredth waits longer than %.1f ms at %s, expected %.1f ms at"
                    + " most",
                level.counts().waitP99() / MILLIS,
                level.name(),
                wait.toNanos() / MILLIS));
      }
    }
    return lines;
  }
}
