package io.apfproxy.upstream;

import io.apfproxy.budget.PulseTimes;
import io.apfproxy.upstream.members.Outage;
import io.apfproxy.upstream.wire.ErrorCodes;
import io.apfproxy.upstream.wire.OwnConnections;
import io.apfproxy.upstream.wire.Patience;
import io.apfproxy.upstream.wire.UpstreamConfig;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks kube-apiserver again and again whether it is there: once a second, twice while there is
 * doubt, ten times where somebody wants to know how long it takes. Any answer is one, whatever it
 * says; only when it is to return, that it is ready. Thread-safe; all that it does is done on one
 * event loop. Source: specification limits.md L-40, L-41, L-90.
 */
public final class Pulse {
  /*
   * On an event loop and over connections of its own, so that it says something of the upstream and
   * nothing of the traffic. The question is one that the server answers without doing anything. Where
   * one stays unanswered the next goes over a new connection, in case only the old one is dead. What
   * is timed is the way from the question's being written to the head of its answer, without
   * handshakes; and nothing, while this loop itself stood still. As a client's request waits for the
   * loop that serves it as well, that is asked apart: whether anybody is there must not depend on it.
   *
   * A kube-apiserver that starts answers that question before it knows anybody's rights, and refuses
   * clients what it grants a second later. So when it is to return, it is asked whether it is ready;
   * and a few times before, in case that is a question it never allows.
   */
  private static final String PATH = "/livez/ping";

  private static final String READY_PATH = "/readyz";

  private static final int FIRST_ASKS = 5;

  private static final long STEADY_MILLIS = 1_000;
  private static final long DOUBT_MILLIS = 500;
  private static final long OFTEN_MILLIS = 100;
  private static final long LEAST_MILLIS = 100;
  private static final long LATE_MILLIS = 2_000;
  private static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(LATE_MILLIS);
  private static final int LANES_TIMED = 3;

  /** How one ended. */
  public enum Outcome {
    ANSWERED,
    /** There was no answer in time. */
    MISSED,
    /** No connection, or it broke. */
    FAILED,
    /** The proxy itself stood still meanwhile, so its time says nothing. */
    OWN_DELAY
  }

  private final Vertx vertx;
  private final Context context;
  private final PulseLanes lanes;
  private final Supplier<@Nullable String> token;
  private final Outage outage;
  private final @Nullable PulseTimes times;
  private final LoopWaits waits;
  private final Heartbeat heart = new Heartbeat(System.nanoTime());
  private final Map<Outcome, AtomicLong> outcomes = new EnumMap<>(Outcome.class);
  private long lastSent;
  private long timer = -1;
  private long beats = -1;
  private long due;
  private int asks = FIRST_ASKS;
  private boolean closed;

  /**
   * @param vertx has an event loop that nobody else uses
   * @param upstream where it is, and with which certificates
   * @param token the proxy's own; gives null if there is none
   * @param outage is told of each
   * @param times is told how long each took; null if nobody wants to know
   * @param loops that serve clients
   */
  public Pulse(
      Vertx vertx,
      Supplier<UpstreamConfig> upstream,
      Supplier<@Nullable String> token,
      Outage outage,
      @Nullable PulseTimes times,
      List<? extends Executor> loops) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.lanes =
        new PulseLanes(vertx, upstream, times == null ? 1 : LANES_TIMED, System.nanoTime());
    this.token = token;
    this.outage = outage;
    this.times = times;
    this.waits = new LoopWaits(loops, System::nanoTime);
    for (Outcome outcome : Outcome.values()) {
      outcomes.put(outcome, new AtomicLong());
    }
  }

  /** Begins. */
  public void start() {
    context.runOnContext(
        now -> {
          if (times != null) {
            heart.beat(System.nanoTime());
            beats = vertx.setPeriodic(Heartbeat.PERIOD_MILLIS, any -> beat(times));
          }
          send();
        });
  }

  private void beat(PulseTimes told) {
    if (heart.beat(System.nanoTime())) {
      told.ownDelay();
    }
  }

  /** The next one is wanted soon. */
  public void now() {
    context.runOnContext(now -> sendWithin(LEAST_MILLIS));
  }

  /** How many ended so. */
  public long count(Outcome outcome) {
    return Objects.requireNonNull(outcomes.get(outcome)).get();
  }

  /** Ends it, with its connections. */
  public Future<Void> close() {
    Promise<Void> done = Promise.promise();
    context.runOnContext(
        now -> {
          closed = true;
          vertx.cancelTimer(timer);
          vertx.cancelTimer(beats);
          lanes.close().onComplete(done);
        });
    return done.future();
  }

  private void send() {
    lastSent = System.nanoTime();
    timer = -1;
    sendWithin(period());
    new Beat().send();
  }

  private long period() {
    if (!outage.isTrusted()) {
      return DOUBT_MILLIS;
    }
    return times != null && times.wantsMany() ? OFTEN_MILLIS : STEADY_MILLIS;
  }

  /** Sends the next one so long after the last one, if that is not to come sooner anyway. */
  private void sendWithin(long millis) {
    long then = lastSent + TimeUnit.MILLISECONDS.toNanos(millis);
    if (closed || (timer >= 0 && then - due >= 0)) {
      return;
    }
    vertx.cancelTimer(timer);
    due = then;
    long left = TimeUnit.NANOSECONDS.toMillis(then - System.nanoTime());
    timer = vertx.setTimer(Math.max(1, left), now -> send());
  }

  private final class Beat {
    private final OwnConnections connections = lanes.next(System.nanoTime());
    private final Patience patience = new Patience(vertx, LATE_MILLIS, this::missed);
    private final boolean asksWhetherReady = outage.awaitsReturn() || asks > 0;
    private final @Nullable PulseTimes times = asksWhetherReady ? null : Pulse.this.times;
    private LoopWaits.@Nullable Wait wait;
    private long connection;
    private long written;
    private boolean told;

    void send() {
      connection = connections.generation();
      connections
          .get(asksWhetherReady ? READY_PATH : PATH)
          .compose(this::ask)
          .onComplete(answer -> answered(answer.statusCode()), cause -> unanswered(Outcome.FAILED));
    }

    private Future<HttpClientResponse> ask(HttpClientRequest request) {
      if (told) {
        request.reset(ErrorCodes.CANCEL);
        return Future.failedFuture("too late to be sent");
      }
      String secret = token.get();
      if (secret != null) {
        request.putHeader("Authorization", "Bearer " + secret);
      }
      written = System.nanoTime();
      wait = times == null ? null : waits.ask();
      return request.send();
    }

    /** One that comes late is a sign of life all the same. */
    private void answered(int code) {
      if (!told) {
        long now = System.nanoTime();
        first(timed(now - written, now) ? Outcome.ANSWERED : Outcome.OWN_DELAY);
      }
      if (closed) {
        return;
      }
      if (asksWhetherReady) {
        answeredWhetherReady(code / 100 == 2);
      } else {
        outage.pulseAnswered();
      }
    }

    private void answeredWhetherReady(boolean ready) {
      asks = ready ? 0 : outage.awaitsReturn() ? FIRST_ASKS : asks - 1;
      outage.pulseAnsweredWhetherReady(ready);
    }

    private void missed() {
      boolean fair = written == 0 || timed(LATE_NANOS, System.nanoTime());
      unanswered(fair ? Outcome.MISSED : Outcome.OWN_DELAY);
    }

    /** Tells how long it took; false if that says nothing. */
    private boolean timed(long nanos, long now) {
      if (times == null) {
        return true;
      }
      if (heart.stoodStill(written, now)) {
        times.ownDelay();
        return false;
      }
      times.took(nanos, wait == null ? 0 : wait.nanos());
      return true;
    }

    private void unanswered(Outcome why) {
      if (first(why) && !closed) {
        connections.retire(connection);
        outage.pulseMissed();
        sendWithin(period());
      }
    }

    private boolean first(Outcome outcome) {
      if (told) {
        return false;
      }
      told = true;
      patience.end();
      Objects.requireNonNull(outcomes.get(outcome)).incrementAndGet();
      return true;
    }
  }
}
