package io.apfproxy.app;

import io.apfproxy.admin.AdminPages;
import io.apfproxy.command.ExplanationJson;
import io.apfproxy.live.Feed;
import io.apfproxy.metrics.ProxyMetrics;
import io.apfproxy.report.talkers.NowQuestion;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the parts of a running proxy show to operators. */
record Pages(
    Readiness ready,
    ProxyMetrics meters,
    FlowControlPart flowControl,
    TalkersPart talkers,
    Feed live)
    implements AdminPages {
  @Override
  public List<Check> readiness() {
    return ready.checks();
  }

  @Override
  public String metrics() {
    return meters.scrape();
  }

  @Override
  public Optional<String> explain(
      String method, String url, @Nullable String user, List<String> groups, boolean json) {
    return flowControl
        .explain(method, url, user, groups)
        .map(found -> json ? ExplanationJson.write(found) : found.text());
  }

  @Override
  public Optional<String> top(
      @Nullable String by,
      @Nullable String window,
      @Nullable String sort,
      @Nullable String limit,
      String output) {
    return NowQuestion.WINDOW.equals(window)
        ? TalkersPart.now(flowControl, by, sort, limit, output)
        : talkers.top(flowControl::levels, by, window, sort, limit, output);
  }

  @Override
  public String refusals(
      @Nullable String auditId,
      @Nullable String user,
      @Nullable String rule,
      @Nullable String level,
      @Nullable String limit) {
    return talkers.refusals(auditId, user, rule, level, limit);
  }

  @Override
  public Optional<String> dump(Dump what, boolean withRequestDetails) {
    return flowControl.dump(what, withRequestDetails);
  }
}
