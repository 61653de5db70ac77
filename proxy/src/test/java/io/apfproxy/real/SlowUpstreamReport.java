package io.apfproxy.real;

import io.apfproxy.fixtures.attack.TcpRelay;
import io.apfproxy.fixtures.load.Load;
import io.apfproxy.fixtures.load.LoadClient;
import io.apfproxy.fixtures.load.Target;
import io.apfproxy.fixtures.realcluster.ControlPlane;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * The way from the proxy to a real kube-apiserver becomes longer by 50 ms for 60 s, stands still
 * for 30 s, and is cut for 8 s, under an elephant's flood and beside a mouse, with adaptive seats.
 * Prints each second as {@link SeatsTimeline} does, and what was left of lists and of the mouse's
 * latency. Needs what {@link IsolationReport} needs; the arguments are a part of those times, 1 if
 * absent, and what the {@link Elephant} asks for, {@code lists} if absent. Source: specification
 * limits.md L-47, L-90 to L-94.
 */
final class SlowUpstreamReport {
  private static final int BEFORE_SECONDS = 20;
  private static final int AFTER_SECONDS = 30;
  private static final int SOON_SECONDS = 10;
  private static final Duration LONGER = Duration.ofMillis(50);

  private record Trouble(
      String name, int seconds, Consumer<TcpRelay> begin, Consumer<TcpRelay> end) {}

  private static final List<Trouble> ALL =
      List.of(
          new Trouble(
              "50 ms longer", 60, wire -> wire.delay(LONGER), wire -> wire.delay(Duration.ZERO)),
          new Trouble("frozen", 30, TcpRelay::freeze, TcpRelay::thaw),
          new Trouble("cut", 8, TcpRelay::cut, TcpRelay::mend));

  private SlowUpstreamReport() {}

  public static void main(String[] args) throws Exception {
    double part = args.length == 0 ? 1 : Double.parseDouble(args[0]);
    Elephant asking = Elephant.of(args.length < 2 ? "lists" : args[1]);
    Vertx small = Vertx.vertx();
    Vertx large = Vertx.vertx();
    try (ControlPlane server = IsolationReport.start(List.of());
        TcpRelay wire = new TcpRelay(server.url().getPort());
        ProxyProcess proxy =
            ProxyProcess.startWith(
                server,
                WireCutReport.byWire(server, wire),
                "--max-requests-inflight=20",
                "--max-mutating-requests-inflight=10",
                "--adaptive-seats",
                "--min-seats=1")) {
      asking.prepare(server);
      Target users = IsolationReport.target(proxy.url(), proxy.certificate());
      try (LoadClient mouse = new LoadClient(small, users.as(ControlPlane.token("mouse")));
          LoadClient elephant = new LoadClient(large, users.as(ControlPlane.token("elephant")))) {
        Load flood = elephant.start(asking.requests(), Elephant.PACE);
        for (Trouble trouble : ALL) {
          measure(trouble, part, wire, proxy, mouse, flood);
        }
        flood.stop();
      }
    } finally {
      small.close().toCompletionStage().toCompletableFuture().join();
      large.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  private static void measure(
      Trouble trouble, double part, TcpRelay wire, ProxyProcess proxy, LoadClient mouse, Load flood)
      throws Exception {
    int calm = (int) Math.ceil(BEFORE_SECONDS * part);
    int troubled = (int) Math.ceil(trouble.seconds * part);
    int later = (int) Math.ceil(AFTER_SECONDS * part);
    System.out.printf("%s%n%s%n", trouble.name, SeatsTimeline.HEAD);
    List<SeatsTimeline.Second> before = SeatsTimeline.watch(proxy, mouse, flood, -calm, calm);
    before = before.subList(calm / 2, calm); // seats were found by then
    long failures = flood.report().failures();
    trouble.begin.accept(wire);
    List<SeatsTimeline.Second> during = SeatsTimeline.watch(proxy, mouse, flood, 0, troubled);
    trouble.end.accept(wire);
    List<SeatsTimeline.Second> after = SeatsTimeline.watch(proxy, mouse, flood, troubled, later);
    List<SeatsTimeline.Second> soon = after.subList(0, Math.min(SOON_SECONDS, later));
    List<SeatsTimeline.Second> end = after.subList(later / 2, later);
    System.out.printf(
        "%s for %d s: lists/s before %.0f; in its second half %.0f %%; in the %d s after it"
            + " %.0f %%, at the end %.0f %%; the mouse's p99, mean of seconds, before %.0f ms, at"
            + " the end %.0f ms; %d lists failed; statuses so far %s%n",
        trouble.name,
        troubled,
        lists(before),
        100 * lists(during.subList(troubled / 2, troubled)) / lists(before),
        soon.size(),
        100 * lists(soon) / lists(before),
        100 * lists(end) / lists(before),
        p99(before),
        p99(end),
        flood.report().failures() - failures,
        flood.report().statuses());
  }

  private static double lists(List<SeatsTimeline.Second> seconds) {
    return seconds.stream().mapToDouble(SeatsTimeline.Second::lists).average().orElse(0);
  }

  private static double p99(List<SeatsTimeline.Second> seconds) {
    return seconds.stream().mapToDouble(SeatsTimeline.Second::p99).average().orElse(0);
  }
}
