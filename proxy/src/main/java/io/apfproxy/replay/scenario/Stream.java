package io.apfproxy.replay.scenario;

import io.apfproxy.replay.Demand;
import io.apfproxy.replay.Event;
import io.apfproxy.replay.Turn;
import io.apfproxy.replay.VirtualServer;
import io.apfproxy.replay.scenario.Scenario.Ask;
import io.apfproxy.replay.scenario.Scenario.Rhythm;
import io.apfproxy.request.RequestDigest;

/** The requests of one kind that one client sends, one after the other. Not thread-safe. */
final class Stream implements Demand, Event {
  private static final long SECOND = 1_000_000_000;

  private final VirtualServer server;
  private final Ask ask;
  private final RequestDigest digest;
  private final String agent;
  private final Dice dice;
  private long due;
  private long next;

  Stream(VirtualServer server, Ask ask, RequestDigest digest, String agent, Dice dice) {
    this.server = server;
    this.ask = ask;
    this.digest = digest;
    this.agent = agent;
    this.dice = dice;
  }

  /** Puts down the first request. */
  void start() {
    Long jitter = ask.jitter();
    long first = ask.from();
    if (ask.rhythm() instanceof Rhythm.Every every) {
      due = first + (jitter == null ? dice.below(every.interval()) : 0);
      first = due + late();
    } else if (ask.rhythm() instanceof Rhythm.Rate rate) {
      first += dice.pause(rate.perSecond());
    } else if (ask.rhythm() instanceof Rhythm.Loop loop) {
      first += dice.below(jitter == null ? loop.think() : jitter);
    }
    put(first);
  }

  private long late() {
    Long jitter = ask.jitter();
    return jitter == null ? 0 : dice.below(jitter);
  }

  private void put(long nanos) {
    next = nanos;
    if (nanos < ask.until()) {
      server.at(nanos, Turn.ARRIVAL, this);
    }
  }

  @Override
  public void happen(Turn turn) {
    if (ask.rhythm() instanceof Rhythm.Every every) {
      due += every.interval();
      put(Math.max(server.now(), due + late()));
    } else if (ask.rhythm() instanceof Rhythm.Rate rate) {
      put(server.now() + dice.pause(rate.perSecond()));
    }
    for (int i = 0; i < ask.burst(); i++) {
      server.arrive(this);
    }
  }

  @Override
  public RequestDigest digest() {
    return digest;
  }

  @Override
  public String agent() {
    return agent;
  }

  @Override
  public long serviceNanos() {
    return dice.service(ask.service());
  }

  /** A watch is open until its client comes with the next one. */
  @Override
  public long closesAtNanos() {
    return next;
  }

  @Override
  public void ended(int retryAfterSeconds) {
    if (ask.rhythm() instanceof Rhythm.Loop loop) {
      put(server.now() + loop.think() + retryAfterSeconds * SECOND);
    }
  }
}
