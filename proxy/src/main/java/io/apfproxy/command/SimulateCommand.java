package io.apfproxy.command;

import io.apfproxy.cli.Reasons;
import io.apfproxy.cli.RunOptions;
import io.apfproxy.cli.StartException;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.replay.figures.Report;
import io.apfproxy.replay.scenario.Scenario;
import io.apfproxy.replay.scenario.ScenarioReader;
import io.apfproxy.replay.scenario.Simulation;
import io.apfproxy.request.RequestTimeout;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Says what a configuration makes of invented traffic. Source: specification seeing.md V-58. */
public final class SimulateCommand {
  private static final String SHIPPED = "/scenarios/";
  private static final String YAML = ".yaml";

  private SimulateCommand() {}

  /**
   * Runs the scenarios, one after the other. Exit code 1 if a bound of the options is passed.
   *
   * @throws StartException if a file is not valid
   */
  public static Output run(RunOptions options) throws StartException {
    List<Scenario> scenarios = new ArrayList<>();
    for (String input : options.inputs()) {
      scenarios.add(read(input));
    }
    RunOptions.Manifests against = options.against();
    FlowControlConfiguration before =
        against == null ? null : OfflineConfiguration.read(against.path());
    Simulation.Question question =
        new Simulation.Question(
            before,
            options.againstSeats() == null ? options.seats() : options.againstSeats(),
            OfflineConfiguration.read(options.config().path()),
            options.seats(),
            new RequestTimeout(options.requestTimeout()),
            options.retries(),
            options.warmUp() == null ? null : options.warmUp().toNanos(),
            options.limit());
    List<Report> reports = new ArrayList<>();
    scenarios.forEach(scenario -> reports.add(Simulation.run(scenario, question)));
    return Reports.print(reports, options);
  }

  private static Scenario read(String input) throws StartException {
    Path file = Path.of(input);
    try {
      String shipped = Files.exists(file) ? null : shipped(input);
      String text = shipped == null ? Files.readString(file) : shipped;
      String name = String.valueOf(file.getFileName());
      return ScenarioReader.read(
          input,
          name.endsWith(YAML) ? name.substring(0, name.length() - YAML.length()) : name,
          text);
    } catch (IOException e) {
      throw new StartException(
          "SCENARIO: cannot read "
              + input
              + " ("
              + Reasons.of(e)
              + "), expected a file, or one of nodes-65000, list-storm, leader-election",
          e);
    }
  }

  /** The text of a scenario that comes with the program; null if it has no such name. */
  private static @Nullable String shipped(String name) throws IOException {
    if (!name.matches("[a-z0-9-]+(\\.yaml)?")) {
      return null;
    }
    String file = SHIPPED + (name.endsWith(YAML) ? name : name + YAML);
    try (InputStream found = SimulateCommand.class.getResourceAsStream(file)) {
      return found == null ? null : new String(found.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
