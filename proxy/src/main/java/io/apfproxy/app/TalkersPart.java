package io.apfproxy.app;

import io.apfproxy.cli.ProxyOptions;
import io.apfproxy.command.NowText;
import io.apfproxy.command.RefusalJson;
import io.apfproxy.command.TopJson;
import io.apfproxy.command.TopTable;
import io.apfproxy.metrics.ProxyMetrics;
import io.apfproxy.report.HeaviestFlow;
import io.apfproxy.report.Reporter;
import io.apfproxy.report.refusals.RefusalBook;
import io.apfproxy.report.refusals.RefusalQuestion;
import io.apfproxy.report.talkers.NowAnswer;
import io.apfproxy.report.talkers.NowQuestion;
import io.apfproxy.report.talkers.TalkerThread;
import io.apfproxy.report.talkers.Talkers;
import io.apfproxy.report.talkers.TopAnswer;
import io.apfproxy.report.talkers.TopQuestion;
import io.apfproxy.time.TimeSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Who uses the proxy, and who is refused.
 *
 * @param talkers null if nobody is to be counted
 * @param book of the last refusals
 */
record TalkersPart(@Nullable Talkers talkers, RefusalBook book) {
  private static final long LONGEST_SECONDS = 5;
  private static final String TABLE = "table";
  private static final String JSON = "json";

  /** Starts to count, if that is asked for, and lets the metrics see it. */
  static TalkersPart open(ProxyOptions.Admin options, ProxyMetrics metrics, Closers closers) {
    RefusalBook book = new RefusalBook(TimeSource.system());
    metrics.bindRefusals(book);
    if (options.topCounters() == 0) {
      return new TalkersPart(null, book);
    }
    Talkers talkers = new Talkers(options.topCounters(), options.topMetrics(), TimeSource.system());
    closers.add("top talkers", TalkerThread.start(talkers));
    metrics.bindTalkers(talkers);
    if (options.topMetrics() > 0) {
      metrics.bindTopUsers(talkers.users()::users);
    }
    return new TalkersPart(talkers, book);
  }

  /** What the data path tells. */
  Reporter reporter() {
    return talkers == null ? book.reporter() : Reporter.all(talkers.reporter(), book.reporter());
  }

  /** Who uses each level most. */
  HeaviestFlow heaviest() {
    return talkers == null ? HeaviestFlow.NONE : talkers.heaviest();
  }

  /** Requests that could not be counted. */
  long lost() {
    return talkers == null ? 0 : talkers.lost();
  }

  /**
   * Blocks for a moment; see {@link io.apfproxy.admin.AdminPages#top}.
   *
   * @param levels what they are like now
   */
  Optional<String> top(
      Supplier<TopAnswer.@Nullable Levels> levels,
      @Nullable String by,
      @Nullable String window,
      @Nullable String sort,
      @Nullable String limit,
      String output) {
    TopQuestion question = TopQuestion.of(by, window, sort, limit);
    check(output);
    if (talkers == null) {
      return Optional.empty();
    }
    TopAnswer answer =
        talkers
            .ask(question)
            .orTimeout(LONGEST_SECONDS, TimeUnit.SECONDS)
            .join()
            .with(levels.get());
    return Optional.of(output.equals(JSON) ? TopJson.write(answer) : TopTable.of(answer));
  }

  /**
   * The same of this moment.
   *
   * @param flowControl knows the requests
   * @return empty where it does not
   */
  static Optional<String> now(
      FlowControlPart flowControl,
      @Nullable String by,
      @Nullable String sort,
      @Nullable String limit,
      String output) {
    NowQuestion question = NowQuestion.of(by, sort, limit);
    check(output);
    return flowControl
        .present()
        .map(present -> NowAnswer.of(question, TimeSource.system().epochMillis(), present))
        .map(
            answer ->
                output.equals(JSON)
                    ? NowText.json(answer)
                    : NowText.table(answer, Integer.MAX_VALUE));
  }

  private static void check(String output) {
    if (!output.equals(TABLE) && !output.equals(JSON)) {
      throw new IllegalArgumentException("output: expected one of json, table");
    }
  }

  /** See {@link io.apfproxy.admin.AdminPages#refusals}. */
  String refusals(
      @Nullable String auditId,
      @Nullable String user,
      @Nullable String rule,
      @Nullable String level,
      @Nullable String limit) {
    int rows = RefusalQuestion.limit(limit, RefusalQuestion.USUAL);
    return RefusalJson.write(book.find(new RefusalQuestion(auditId, user, rule, level, rows)));
  }
}
