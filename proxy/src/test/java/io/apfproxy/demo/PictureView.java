package io.apfproxy.demo;

import io.apfproxy.fixtures.load.LoadReport;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A picture drawn over itself, no larger than 79 columns and 20 lines. */
final class PictureView implements View {
  private static final int BAR = 24;
  private static final String UP = "\u001b[%dF";
  private static final String CLEAR_LINE = "\u001b[K";
  private static final String CLEAR_BELOW = "\u001b[J";
  private static final String BOLD = "\u001b[1m";
  private static final String DIM = "\u001b[2m";
  private static final String PLAIN = "\u001b[0m";

  private final PrintStream out;
  private int drawn;

  PictureView(PrintStream out) {
    this.out = out;
  }

  @Override
  public Duration interval(Duration phase) {
    return Duration.ofMillis(400);
  }

  @Override
  public void begin(int number, String title) {
    draw(List.of("", title(number, title, "warming up")));
  }

  @Override
  public void show(Phase phase) {
    draw(picture(phase));
  }

  @Override
  public void end(Phase phase) {
    draw(picture(phase));
    drawn = 0;
  }

  /** In one write, so that no half picture is seen. */
  private void draw(List<String> lines) {
    StringBuilder frame = new StringBuilder();
    if (drawn > 0) {
      frame.append(Text.format(UP, drawn));
    }
    lines.forEach(line -> frame.append(line).append(CLEAR_LINE).append('\n'));
    out.print(frame.append(CLEAR_BELOW));
    out.flush();
    drawn = lines.size();
  }

  private static List<String> picture(Phase phase) {
    List<String> lines = new ArrayList<>();
    lines.add("");
    long left = phase.left().plusMillis(500).toSeconds();
    lines.add(title(phase.number(), phase.title(), left + " s left"));
    lines.add("");
    lines.add(DIM + " clients            p50        p99   in flight   answered   rejected" + PLAIN);
    lines.add(clients("mice", phase.mice()));
    lines.add(clients("elephant", phase.elephant()));
    lines.add("");
    if (phase.levels().isEmpty()) {
      lines.add(DIM + " no priority levels: the proxy forwards everything at once" + PLAIN);
    } else {
      lines.add(DIM + " priority level   executing    waiting   rejected" + PLAIN);
      phase.levels().forEach(row -> lines.add(level(row)));
    }
    lines.add("");
    lines.add(
        Text.format(
            " API server   %2d of %d workers busy, %3d requests queue  %s",
            phase.busy(), DemoCluster.WORKERS, phase.queued(), bar(phase.queued())));
    return lines;
  }

  private static String title(int number, String title, String state) {
    return Text.format(" %sPhase %d of 2: %s%s, %s", BOLD, number, title, PLAIN, state);
  }

  private static String clients(String name, LoadReport report) {
    return Text.format(
        " %-10s%12s%11s%12d%11d%11d",
        name,
        Text.percentile(report, 50),
        Text.percentile(report, 99),
        report.inFlight(),
        report.succeeded(),
        report.rejected());
  }

  private static String level(LevelRow row) {
    return Text.format(
        " %-17s%9d%11d%11d  %s",
        row.level(), row.executing(), row.waiting(), row.rejected(), bar(row.waiting()));
  }

  private static String bar(long waiting) {
    long length = (waiting * BAR + Herd.ELEPHANT_LISTS - 1) / Herd.ELEPHANT_LISTS;
    return "#".repeat((int) Math.min(BAR, length));
  }
}
