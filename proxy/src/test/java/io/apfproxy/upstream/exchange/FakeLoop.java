package io.apfproxy.upstream.exchange;

import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** An event loop on which nothing happens until it is told. */
final class FakeLoop {
  private final Random random;
  private final Deque<Handler<Void>> turns = new ArrayDeque<>();
  private final Map<Long, Handler<Long>> timers = new LinkedHashMap<>();
  private long lastTimer;
  private long lastMillis;

  /**
   * @param random chooses the timer that is due
   */
  FakeLoop(Random random) {
    this.random = random;
  }

  Vertx vertx() {
    Context own = new Fake().answers("runOnContext", this::later).as(Context.class);
    return new Fake()
        .returns("getOrCreateContext", () -> own)
        .answers("runOnContext", this::later)
        .answers("setTimer", args -> set(args, true))
        .answers("setPeriodic", args -> set(args, false))
        .answers("cancelTimer", args -> timers.remove((Long) args[0]) != null)
        .as(Vertx.class);
  }

  private Object later(Object[] args) {
    turns.add(handler(args[0]));
    return null;
  }

  @SuppressWarnings("unchecked")
  private static <T> Handler<T> handler(Object handler) {
    return (Handler<T>) handler;
  }

  private long set(Object[] args, boolean once) {
    long id = ++lastTimer;
    Handler<Long> action = handler(args[args.length - 1]);
    lastMillis = (Long) args[0];
    timers.put(
        id,
        any -> {
          if (once) {
            timers.remove(id);
          }
          action.handle(id);
        });
    return id;
  }

  /** One of the timers is due. */
  void passTime() {
    if (!timers.isEmpty()) {
      List<Handler<Long>> due = new ArrayList<>(timers.values());
      due.get(random.nextInt(due.size())).handle(0L);
    }
  }

  void runTurn() {
    if (!turns.isEmpty()) {
      turns.remove().handle(null);
    }
  }

  boolean isQuiet() {
    return timers.isEmpty() && turns.isEmpty();
  }

  /** What the last timer was set to. */
  long lastMillis() {
    return lastMillis;
  }

  /** Those that are not over. */
  Set<Long> timers() {
    return timers.keySet();
  }
}
