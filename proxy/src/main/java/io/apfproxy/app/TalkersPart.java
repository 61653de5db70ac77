package io.apfproxy.app;

import io.apfproxy.cli.ProxyOptions;
import io.apfproxy.command.TopJson;
import io.apfproxy.command.TopTable;
import io.apfproxy.metrics.ProxyMetrics;
import io.apfproxy.report.HeaviestFlow;
import io.apfproxy.report.Reporter;
import io.apfproxy.report.talkers.TalkerThread;
import io.apfproxy.report.talkers.Talkers;
import io.apfproxy.report.talkers.TopAnswer;
import io.apfproxy.report.talkers.TopQuestion;
import io.apfproxy.time.TimeSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Who uses the proxy, and who is refused.
 *
 * @param talkers null if nobody is to be counted
 */
record TalkersPart(@Nullable Talkers talkers) {
  private static final long LONGEST_SECONDS = 5;
  private static final String TABLE = "table";
  private static final String JSON = "json";

  /** Starts to count, if that is asked for, and lets the metrics see it. */
  static TalkersPart open(ProxyOptions.Admin options, ProxyMetrics metrics, Closers closers) {
    if (options.topCounters() == 0) {
      return new TalkersPart(null);
    }
    Talkers talkers = new Talkers(options.topCounters(), TimeSource.system());
    closers.add("top talkers", TalkerThread.start(talkers));
    metrics.bindTalkers(talkers);
    return new TalkersPart(talkers);
  }

  /** What the data path tells. */
  Reporter reporter() {
    return talkers == null ? Reporter.NONE : talkers.reporter();
  }

  /** Who uses each level most. */
  HeaviestFlow heaviest() {
    return talkers == null ? HeaviestFlow.NONE : talkers.heaviest();
  }

  /** Requests that could not be counted. */
  long lost() {
    return talkers == null ? 0 : talkers.lost();
  }

  /** Blocks for a moment; see {@link io.apfproxy.admin.AdminPages#top}. */
  Optional<String> top(
      @Nullable String by,
      @Nullable String window,
      @Nullable String sort,
      @Nullable String limit,
      String output) {
    TopQuestion question = TopQuestion.of(by, window, sort, limit);
    if (!output.equals(TABLE) && !output.equals(JSON)) {
      throw new IllegalArgumentException("output: expected one of json, table");
    }
    if (talkers == null) {
      return Optional.empty();
    }
    TopAnswer answer = talkers.ask(question).orTimeout(LONGEST_SECONDS, TimeUnit.SECONDS).join();
    return Optional.of(output.equals(JSON) ? TopJson.write(answer) : TopTable.of(answer));
  }
}
