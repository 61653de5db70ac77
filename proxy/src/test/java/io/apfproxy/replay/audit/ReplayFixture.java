package io.apfproxy.replay.audit;

import io.apfproxy.cli.ProxyOptions.ListCost;
import io.apfproxy.cli.StartException;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.replay.Configurations;
import io.apfproxy.replay.Terms;
import io.apfproxy.replay.figures.Amount;
import io.apfproxy.replay.figures.Counts;
import io.apfproxy.replay.figures.Report;
import io.apfproxy.request.RequestTimeout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;

/** Logs of a test before one level, in whose queue there is room for everybody. */
abstract class ReplayFixture {
  static final String POD = "/api/v1/namespaces/a/pods/b";
  private static final long MEMORY = 8 << 20;
  private static final FlowControlConfiguration CONFIGURATION = Configurations.queuing(100);

  @TempDir Path folder;
  LogWindow window = LogWindow.ALL;
  SortedMap<String, Terms.Stored> objects = new TreeMap<>();
  @Nullable ListCost listCost;
  long memory = MEMORY;
  int seats = 1;
  @Nullable Long warmUp = 0L;

  String file(String name, Object... lines) throws IOException {
    StringBuilder text = new StringBuilder();
    for (Object line : lines) {
      text.append(line);
    }
    return Files.writeString(folder.resolve(name), text).toString();
  }

  Report replay(String... logs) throws StartException {
    return LogReplay.run(
        new LogReplay.Question(
            List.of(logs),
            window,
            null,
            1,
            CONFIGURATION,
            seats,
            new RequestTimeout(Duration.ofMinutes(1)),
            0,
            warmUp,
            objects,
            listCost,
            memory,
            folder,
            20));
  }

  static Counts counts(Report report) {
    return report.after().levels().stream()
        .filter(level -> level.name().equals("only"))
        .findFirst()
        .orElseThrow()
        .counts();
  }

  static Map<String, Long> amounts(Report report) {
    return report.amounts().stream()
        .filter(amount -> amount.number() > 0)
        .collect(Collectors.toMap(Amount::what, Amount::number));
  }
}
