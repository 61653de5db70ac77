package io.apfproxy.server.walk;

import io.apfproxy.process.OutOfMemory;
import io.apfproxy.report.Reporter;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The requests under way on one event loop: knows which of them is to end when something is thrown,
 * and when the last has ended. Source: specification security.md S50, S92.
 */
final class UnderWay implements Handler<Throwable> {
  /*
   * Vert.x gives each request a context of its own, runs on it every handler and timer that was set
   * on it, and reports to the exception handler of the event loop what one of them threw, while that
   * context is still the current one. So nobody on the walk need catch what he does not expect. It
   * holds for what runs on that context only: a future without context swallows what its listeners
   * throw, and whoever runs another request's actions must do so on that request's context.
   */
  private final Vertx vertx;
  private final Reporter reporter;
  private final Map<Context, Call> calls = new HashMap<>();
  private int open;
  private @Nullable Promise<Void> rest;

  UnderWay(Vertx vertx, Reporter reporter) {
    this.vertx = vertx;
    this.reporter = reporter;
  }

  void begun(Context context, Call call) {
    calls.put(context, call);
    open++;
  }

  /** It holds nothing any more. Until its client has an end, too, something may still be thrown. */
  void ended(Context context, Call call) {
    open--;
    Promise<Void> last = rest;
    if (open == 0 && last != null) {
      last.tryComplete();
    }
    if (call.isAnswered()) {
      calls.remove(context);
    } else {
      call.caller().request().response().endHandler(end -> calls.remove(context));
    }
  }

  /** Its client is gone. */
  void left(Context context, Call call) {
    if (call.hasEnded()) {
      calls.remove(context);
    }
    call.leave();
  }

  /** Refuses those that were not sent on yet, as the proxy stops. */
  void refuseWaiting() {
    List.copyOf(calls.values()).forEach(Call::refuseIfWaiting);
  }

  /** Completes when none holds anything any more, or that time is over. */
  Future<Void> restWithin(long millis) {
    if (open == 0) {
      return Future.succeededFuture();
    }
    Promise<Void> last = Promise.promise();
    rest = last;
    if (millis > 0) {
      vertx.setTimer(millis, late -> last.tryComplete());
    } else {
      last.complete();
    }
    return last.future();
  }

  boolean isEmpty() {
    return open == 0;
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
