package io.apfproxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.report.Account;
import io.apfproxy.report.Reporter;
import io.apfproxy.request.RefusedException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Keeps what the data path reports. */
final class CountingEvents implements Reporter {
  final Map<Held, AtomicInteger> held = new EnumMap<>(Held.class);
  final AtomicLong responseBytes = new AtomicLong();
  final AtomicLong watchBytes = new AtomicLong();
  final AtomicLong watchPieces = new AtomicLong();
  final AtomicLong seatNanosWon = new AtomicLong();
  final Queue<String> refusals = new ConcurrentLinkedQueue<>();
  final AtomicInteger requests = new AtomicInteger();
  final Queue<Account> accounts = new ConcurrentLinkedQueue<>();
  final Queue<String> aborts = new ConcurrentLinkedQueue<>();

  private final Traps traps;

  CountingEvents() {
    this(new Traps());
  }

  CountingEvents(Traps traps) {
    this.traps = traps;
    for (Held what : Held.values()) {
      held.put(what, new AtomicInteger());
    }
  }

  int held(Held what) {
    return held.get(what).get();
  }

  /** The account of the only request, once it is told. */
  Account account() {
    await().until(() -> !accounts.isEmpty());
    assertThat(accounts).hasSize(1);
    return accounts.element();
  }

  @Override
  public void held(Held what, int delta) {
    if (what == Held.EXCHANGE && delta > 0) {
      requests.incrementAndGet();
    }
    held.get(what).addAndGet(delta);
    traps.at(what + (delta > 0 ? " taken" : " given back"));
  }

  @Override
  public void answered(Account account) {
    RefusedException refusal = account.refusal();
    if (refusal != null) {
      traps.at("refused");
      refusals.add(refusal.rule());
    }
    traps.at("responded");
  }

  @Override
  public void responseBytes(int bytes) {
    traps.at("response bytes");
    responseBytes.addAndGet(bytes);
  }

  @Override
  public void watchPiece(int bytes) {
    watchBytes.addAndGet(bytes);
    watchPieces.incrementAndGet();
  }

  @Override
  public void seatsReturnedEarly(long seatNanos) {
    seatNanosWon.addAndGet(seatNanos);
  }

  @Override
  public void aborted(String rule) {
    aborts.add(rule);
  }

  @Override
  public void ended(Account account) {
    accounts.add(account);
    traps.at("ended");
  }
}
