package io.apfproxy.server.walk;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.gate.GateLedger;
import io.apfproxy.report.Account;
import io.apfproxy.report.Reporter;
import io.apfproxy.request.RefusedException;
import io.apfproxy.server.listen.ClientConnection;
import io.apfproxy.time.ManualTime;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The other end of one request, and its event loop in virtual time. */
final class FakeClient implements RequestLoop, Caller {
  private final ManualTime time;
  private final String label;
  private final Deque<Runnable> turns = new ArrayDeque<>();
  private final List<Timer> timers = new ArrayList<>();
  final List<String> refusals = new ArrayList<>();
  final Account account = new Account(0, "id", "192.0.2.1", "GET", "/api", null);
  final Call call;
  int defects;
  boolean left;

  private record Timer(long at, Runnable step) {}

  /**
   * @param label for failures
   */
  FakeClient(ManualTime time, Reporter reporter, String label) {
    this.time = time;
    this.label = label;
    this.call = new Call(this, this, account, reporter);
  }

  /** As the event loop does: what is thrown is told to the request. */
  void turn(Runnable step) {
    try {
      step.run();
    } catch (GateLedger.Thrown thrown) {
      try {
        call.defect(thrown);
      } catch (GateLedger.Thrown again) {
        cut();
      }
      assertThat(call.hasEnded()).as("%s: ended by what was thrown", label).isTrue();
    }
  }

  void runTurns() {
    for (Runnable next = turns.poll(); next != null; next = turns.poll()) {
      turn(next);
    }
  }

  boolean isAtRest() {
    return turns.isEmpty() && timers.isEmpty();
  }

  /** Until the timer that was set first. */
  void passTime() {
    if (!timers.isEmpty()) {
      Timer first = timers.remove(0);
      time.advance(Duration.ofNanos(Math.max(0, first.at - time.nanoTime())));
      turn(first.step);
    }
  }

  void leave() {
    left = true;
    call.leave();
  }

  @Override
  public void run(Runnable step) {
    turns.add(step);
  }

  @Override
  public Runnable after(long nanos, Runnable step) {
    Timer timer = new Timer(time.nanoTime() + nanos, step);
    timers.add(timer);
    return () -> timers.remove(timer);
  }

  @Override
  public void refuse(RefusedException refusal, Account of) {
    assertThat(of.refusal()).isSameAs(refusal);
    assertThat(call.hasEnded()).as("%s: answered after its end", label).isFalse();
    assertThat(left).as("%s: answered to nobody", label).isFalse();
    refusals.add(refusal.rule());
  }

  @Override
  public void defect(Throwable thrown, boolean tunnel, Account of) {
    defects++;
  }

  @Override
  public void cut() {}

  @Override
  public boolean isAnswered() {
    return !refusals.isEmpty();
  }

  @Override
  public void preflight(Account of) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void addFlow(MultiMap headers, Account of) {
    throw new UnsupportedOperationException();
  }

  @Override
  public HttpServerRequest request() {
    throw new UnsupportedOperationException();
  }

  @Override
  public ClientConnection connection() {
    throw new UnsupportedOperationException();
  }
}
