package io.apfproxy.server.walk;

import io.apfproxy.flowcontrol.SeatLease;
import io.apfproxy.limit.ByteMeter;
import io.apfproxy.request.LongRunning;
import io.apfproxy.request.RefusedException;
import io.apfproxy.upstream.Forwarder;
import io.apfproxy.upstream.exchange.Exchange;
import io.apfproxy.upstream.exchange.ExchangeListener;
import io.apfproxy.upstream.exchange.HeldSeats;
import io.apfproxy.upstream.members.Chosen;
import io.apfproxy.upstream.wire.Member;
import io.apfproxy.upstream.wire.Outgoing;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** A request that the upstream works on. Over when it does so no longer, as far as is known. */
final class InExchange extends Wait implements ExchangeListener {
  /** More than an exchange gives its upstream to notice a reset. */
  private static final long ABANDONED_NANOS = 1_500_000_000L;

  private final Call call;
  private final Vertx vertx;
  private final Services services;
  private final DrainingResponses draining;
  private final @Nullable ByteMeter meter;
  private @Nullable Exchange exchange;
  private @Nullable ResponseReader reader;
  private @Nullable HeldSeats held;
  private final boolean holdsNoSeats;
  private boolean responded;

  InExchange(Call call, Vertx vertx, Services services, DrainingResponses draining) {
    this.call = call;
    this.vertx = vertx;
    this.services = services;
    this.draining = draining;
    this.meter = services.rateLimits().meter(call);
    this.holdsNoSeats = LongRunning.bypasses(call.asked().info());
  }

  void start(Forwarder forwarder, Outgoing request, Chosen<Member> chosen) {
    call.account().sent(System.nanoTime());
    Exchange started =
        forwarder.forward(call.caller().request(), request, call.bodyBeginning(), chosen, this);
    call.account().moves(started);
    exchange = started;
  }

  @Override
  void begin() {
    if (!call.asked().isLongRunning()) {
      call.limit(this, call.timeLeft());
    }
  }

  @Override
  public void responded(int code, MultiMap headers) {
    responded = true;
    call.responded(code, headers);
    if (code == 401 && !call.asked().info().subresource().equals("proxy")) {
      services.identities().upstreamRefused(call.head());
    }
    if (call.asked().isLongRunning()) {
      call.forgetHead();
    }
    SeatLease seats = call.account().seats();
    if (seats != null) {
      reader =
          ResponseReader.of(
              vertx, services.learning(), call.digest(), () -> initialised(seats), code, headers);
    }
  }

  /** Its reader has seen what it waited for: an idle watch keeps none. */
  private void initialised(SeatLease seats) {
    reader = null;
    call.initialised(seats);
    Exchange current = exchange;
    if (current != null) {
      current.givenBack();
    }
  }

  @Override
  public HeldSeats seats() {
    if (held == null) {
      SeatLease seats = call.account().seats();
      held = seats == null ? HeldSeats.NONE : new SeatsOfCall(call.digest().user().name(), seats);
    }
    return held;
  }

  @Override
  public long nanosLeft() {
    return call.asked().isLongRunning()
        ? Long.MAX_VALUE
        : call.timeLeft() - (System.nanoTime() - call.account().sentAt());
  }

  @Override
  public void draining() {
    draining.begun(call.caller().connection());
  }

  @Override
  public void drained() {
    draining.ended(call.caller().connection(), System.nanoTime());
  }

  @Override
  public long moved() {
    ByteMeter charged = meter;
    if (charged == null) {
      return 0;
    }
    long owed = charged.moved(call.account().bytesIn(), call.account().bytesOut());
    return holdsNoSeats ? owed : 0; // who holds some pays later, or he would hold them longer
  }

  @Override
  public void body(Buffer bytes) {
    if (isWatchGoingOn()) {
      services.reporter().watchPiece(bytes.length());
    }
    ResponseReader current = reader;
    if (current != null) {
      current.accept(bytes);
    }
  }

  /** Whether it is a watch that has shown what it shows first. */
  private boolean isWatchGoingOn() {
    SeatLease seats = call.account().seats();
    return call.asked().info().isWatch() && (seats == null || !seats.isHeld());
  }

  @Override
  public void failed(RefusedException refusal) {
    call.answer(refusal);
  }

  @Override
  public boolean mayEndHere(String rule) {
    boolean watch = call.asked().info().isWatch();
    if (watch) {
      call.account().finished(rule);
    }
    return watch;
  }

  @Override
  public void cut(String rule) {
    call.cut(rule);
  }

  @Override
  public void ended(boolean complete) {
    var unused = moved();
    if (complete) {
      call.account().complete();
    }
    ResponseReader current = reader;
    if (current != null) {
      current.end(complete);
    }
    goOn();
  }

  @Override
  void cancel() {
    Exchange current = exchange;
    if (current != null) {
      current.cancel();
    }
  }

  @Override
  void expire() {
    Exchange current = exchange;
    if (current != null) {
      current.expire();
    }
  }

  @Override
  boolean finish(String rule) {
    Exchange current = exchange;
    if (current == null || !responded) {
      return false;
    }
    call.account().finished(rule);
    current.finishWatch(rule);
    return true;
  }

  @Override
  boolean withdraw(RefusedException refusal) {
    Exchange current = exchange;
    return current != null && current.withdraw(refusal);
  }

  @Override
  void giveUp(RefusedException why) {
    Exchange current = exchange;
    if (current != null) {
      current.giveUp(why);
    }
  }

  /** Its end may never be told any more, and is waited for no longer than a reset takes. */
  @Override
  void abandon(Call of) {
    Exchange current = exchange;
    if (current == null) {
      of.end();
      return;
    }
    var unused = of.loop().after(ABANDONED_NANOS, of::end);
    current.abandon();
  }
}
