package io.apfproxy.report;

import io.apfproxy.flowcontrol.Circumstances;
import io.apfproxy.request.RefusedException;
import org.jspecify.annotations.Nullable;

/** Tells the one, then the other. */
record Both(Reporter first, Reporter second) implements Reporter {
  @Override
  public Reporter ofLoop() {
    return new Both(first.ofLoop(), second.ofLoop());
  }

  @Override
  public void tick() {
    first.tick();
    second.tick();
  }

  @Override
  public void held(Held what, int delta) {
    first.held(what, delta);
    second.held(what, delta);
  }

  @Override
  public void identified(Account account) {
    first.identified(account);
    second.identified(account);
  }

  @Override
  public void answered(Account account) {
    first.answered(account);
    second.answered(account);
  }

  @Override
  public void wouldWait(Account account, long nanos) {
    first.wouldWait(account, nanos);
    second.wouldWait(account, nanos);
  }

  @Override
  public void wouldRefuse(
      Account account,
      RefusedException refusal,
      Circumstances level,
      HeaviestFlow.@Nullable Flow most) {
    first.wouldRefuse(account, refusal, level, most);
    second.wouldRefuse(account, refusal, level, most);
  }

  @Override
  public void initialised(Account account) {
    first.initialised(account);
    second.initialised(account);
  }

  @Override
  public void responseBytes(int bytes) {
    first.responseBytes(bytes);
    second.responseBytes(bytes);
  }

  @Override
  public void watchPiece(int bytes) {
    first.watchPiece(bytes);
    second.watchPiece(bytes);
  }

  @Override
  public void seatsReturnedEarly(long seatNanos) {
    first.seatsReturnedEarly(seatNanos);
    second.seatsReturnedEarly(seatNanos);
  }

  @Override
  public void notAccepted(String rule, String message, String address) {
    first.notAccepted(rule, message, address);
    second.notAccepted(rule, message, address);
  }

  @Override
  public void aborted(String rule) {
    first.aborted(rule);
    second.aborted(rule);
  }

  @Override
  public void thrown(Throwable cause) {
    first.thrown(cause);
    second.thrown(cause);
  }

  @Override
  public void ended(Account account) {
    first.ended(account);
    second.ended(account);
  }
}
