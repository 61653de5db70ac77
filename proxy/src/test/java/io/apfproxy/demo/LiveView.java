package io.apfproxy.demo;

import io.apfproxy.fixtures.load.LoadReport;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The phase under way: a picture that is drawn over itself on a terminal, else a line at times. */
final class LiveView {
  private static final int BAR = 30;
  private static final String UP_AND_CLEAR = "\u001b[%dF\u001b[J";
  private static final String BOLD = "\u001b[1m";
  private static final String DIM = "\u001b[2m";
  private static final String PLAIN = "\u001b[0m";

  private final PrintStream out;
  private final boolean terminal;
  private int drawn;

  LiveView(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /** Whether standard output is a terminal that can be drawn on. */
  @SuppressWarnings("SystemConsoleNull") // null up to JDK 21, isTerminal() since 22
  static boolean isTerminal() {
    if (System.console() == null || "dumb".equals(System.getenv("TERM"))) {
      return false;
    }
    try {
      return (boolean) java.io.Console.class.getMethod("isTerminal").invoke(System.console());
    } catch (NoSuchMethodException e) {
      return true;
    } catch (IllegalAccessException | InvocationTargetException e) {
      return false;
    }
  }

  /** How often {@link #show} is wanted. */
  Duration interval(Duration phase) {
    return terminal
        ? Duration.ofMillis(400)
        : Duration.ofMillis(Math.min(10_000, Math.max(1_000, phase.toMillis() / 5)));
  }

  void show(Phase phase) {
    if (!terminal) {
      out.println(line(phase));
      return;
    }
    if (drawn > 0) {
      out.print(Text.format(UP_AND_CLEAR, drawn));
    }
    List<String> lines = picture(phase);
    lines.forEach(out::println);
    out.flush();
    drawn = lines.size();
  }

  /** What comes next is not drawn over. */
  void finish() {
    drawn = 0;
  }

  private static String line(Phase phase) {
    StringBuilder line =
        new StringBuilder(
            Text.format(
                "phase %d %-20s %3ds left | mice p50 %s p99 %s | elephant p50 %s, %d in flight |"
                    + " server %d busy %d queued",
                phase.number(),
                phase.title(),
                phase.left().toSeconds(),
                Text.percentile(phase.mice(), 50),
                Text.percentile(phase.mice(), 99),
                Text.percentile(phase.elephant(), 50),
                phase.elephant().inFlight(),
                phase.busy(),
                phase.queued()));
    for (LevelRow row : phase.levels()) {
      if (row.executing() + row.waiting() + row.rejected() > 0) {
        line.append(
            Text.format(
                " | %s %d executing %d waiting %d rejected",
                row.level(), row.executing(), row.waiting(), row.rejected()));
      }
    }
    return line.toString();
  }

  private static List<String> picture(Phase phase) {
    List<String> lines = new ArrayList<>();
    lines.add("");
    lines.add(
        Text.format(
            " %sPhase %d of 2: %s%s%s, %d s left%s",
            BOLD, phase.number(), phase.title(), PLAIN, DIM, phase.left().toSeconds(), PLAIN));
    lines.add("");
    lines.add(DIM + " clients            p50        p99   in flight   answered   rejected" + PLAIN);
    lines.add(clients("mice", phase.mice()));
    lines.add(clients("elephant", phase.elephant()));
    lines.add("");
    if (phase.levels().isEmpty()) {
      lines.add(DIM + " no flow control: the proxy forwards everything at once" + PLAIN);
    } else {
      lines.add(DIM + " priority level     executing    waiting   rejected" + PLAIN);
      phase.levels().forEach(row -> lines.add(level(row)));
    }
    lines.add("");
    lines.add(
        Text.format(
            " API server         %2d of %d workers busy, %d requests in its queue  %s",
            phase.busy(), DemoCluster.WORKERS, phase.queued(), bar(phase.queued())));
    return lines;
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
        " %-17s%11d%11d%11d  %s",
        row.level(), row.executing(), row.waiting(), row.rejected(), bar(row.waiting()));
  }

  private static String bar(long waiting) {
    int length =
        (int) Math.min(BAR, (waiting * BAR + Herd.ELEPHANT_LISTS - 1) / Herd.ELEPHANT_LISTS);
    return "█".repeat(length);
  }
}
