package io.apfproxy.server.walk;

import io.apfproxy.process.OutOfMemory;
import io.apfproxy.report.Reporter;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Knows which request is to end when something is thrown. Belongs to one event loop. Source:
 * specification security.md S50, S92.
 */
final class Defects implements Handler<Throwable> {
  /*
   * Vert.x gives each request a context of its own, runs on it every handler and timer that was set
   * on it, and reports to the exception handler of the event loop what one of them threw, while that
   * context is still the current one. So nobody on the walk need catch what he does not expect. It
   * holds for what runs on that context only: a future without context swallows what its listeners
   * throw, and whoever runs another request's actions must do so on that request's context.
   */
  private final Map<Context, Call> calls = new HashMap<>();
  private final Reporter reporter;

  Defects(Reporter reporter) {
    this.reporter = reporter;
  }

  void watch(Context context, Call call) {
    calls.put(context, call);
  }

  void forget(Context context) {
    calls.remove(context);
  }

  /** The requests under way. */
  List<Call> calls() {
    return List.copyOf(calls.values());
  }

  @Override
  public void handle(Throwable thrown) {
    OutOfMemory.endIf(thrown);
    Call call = calls.get(Vertx.currentContext());
    if (call == null) {
      tell(thrown);
      return;
    }
    try {
      call.defect(thrown);
    } catch (Throwable again) {
      OutOfMemory.endIf(again);
      tell(again);
      call.caller().cut();
    }
  }

  /** What was thrown outside of any request. */
  private void tell(Throwable thrown) {
    reporter.aborted("defect");
    reporter.thrown(thrown);
  }
}
