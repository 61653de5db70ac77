package io.apfproxy.demo;

import java.io.PrintStream;
import java.time.Duration;
import java.util.stream.Collectors;

/** A line at times, for output that is kept. */
final class LineView implements View {
  private static final String HEAD =
      "  left   mice p50       p99   elephant p50   server busy   queued   levels";
  private static final int LOOKS = 5;

  private final PrintStream out;

  LineView(PrintStream out) {
    this.out = out;
  }

  @Override
  public Duration interval(Duration phase) {
    long millis = phase.toMillis() / LOOKS;
    return Duration.ofMillis(Math.min(10_000, Math.max(1_000, millis)));
  }

  @Override
  public void begin(int number, String title) {
    out.println();
    out.println(Text.format("Phase %d of 2: %s", number, title));
    out.println(HEAD + (number == 1 ? "" : ": executing/waiting/rejected"));
  }

  @Override
  public void show(Phase phase) {
    out.println(
        Text.format(
                "%4ds %11s%10s%15s%11d/%d%9d   %s",
                phase.left().plusMillis(500).toSeconds(),
                Text.percentile(phase.mice(), 50),
                Text.percentile(phase.mice(), 99),
                Text.percentile(phase.elephant(), 50),
                phase.busy(),
                DemoCluster.WORKERS,
                phase.queued(),
                levels(phase))
            .stripTrailing());
  }

  @Override
  public void end(Phase phase) {
    show(phase);
  }

  private static String levels(Phase phase) {
    return phase.levels().stream()
        .filter(row -> !row.isIdle())
        .map(
            row ->
                Text.format(
                    "%s %d/%d/%d", row.level(), row.executing(), row.waiting(), row.rejected()))
        .collect(Collectors.joining(", "));
  }
}
