package io.apfproxy.replay.scenario;

import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.replay.Comparison;
import io.apfproxy.replay.Terms;
import io.apfproxy.replay.figures.Amount;
import io.apfproxy.replay.figures.Report;
import io.apfproxy.replay.figures.Span;
import io.apfproxy.request.RequestTimeout;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs a scenario under one configuration or two. Source: specification seeing.md V-58. */
public final class Simulation {
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private Simulation() {}

  /**
   * What is asked beside the scenario; null means as it says.
   *
   * @param before null if nothing is compared
   * @param warmUp in nanoseconds; null for what {@link Comparison#reported} makes it
   * @param throttledRows of each dimension
   */
  public record Question(
      @Nullable FlowControlConfiguration before,
      @Nullable Integer seatsBefore,
      FlowControlConfiguration after,
      @Nullable Integer seatsAfter,
      RequestTimeout timeout,
      @Nullable Integer retries,
      @Nullable Long warmUp,
      int throttledRows) {}

  /** Runs it; the same scenario and question always give the same report. */
  public static Report run(Scenario scenario, Question question) {
    Span reported = Comparison.reported(0, scenario.duration(), question.warmUp());
    FlowControlConfiguration before = question.before();
    Crowd crowd = new Crowd(scenario);
    Comparison.Result result =
        new Comparison(
                before == null ? null : terms(scenario, before, question.seatsBefore(), question),
                terms(scenario, question.after(), question.seatsAfter(), question),
                reported,
                question.throttledRows())
            .run(crowd::ask);
    List<Amount> amounts = new ArrayList<>();
    amounts.add(
        new Amount("clients", scenario.clients().stream().mapToLong(Scenario.Client::count).sum()));
    amounts.add(new Amount("requests reported", result.after().requests()));
    return new Report(
        "scenario " + scenario.name(),
        seconds(scenario.duration()),
        seconds(reported.from()),
        amounts,
        List.of(),
        result.before(),
        result.after(),
        result.moves());
  }

  private static double seconds(long nanos) {
    return (double) nanos / NANOS_PER_SECOND;
  }

  private static Terms terms(
      Scenario scenario,
      FlowControlConfiguration configuration,
      @Nullable Integer seats,
      Question question) {
    return new Terms(
        configuration,
        seats == null ? scenario.seats() : seats,
        question.timeout(),
        question.retries() == null ? scenario.retries() : question.retries(),
        scenario.capacity(),
        0,
        scenario.objects());
  }
}
