package io.apfproxy.upstream;

import io.apfproxy.upstream.members.Outage;
import io.apfproxy.upstream.wire.ErrorCodes;
import io.apfproxy.upstream.wire.OwnConnections;
import io.apfproxy.upstream.wire.UpstreamConfig;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientRequest;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks kube-apiserver again and again whether it is there: once a second, twice while there is
 * doubt. Any answer is one, whatever it says. Thread-safe; all that it does is done on one event
 * loop. Source: specification limits.md L-40, L-90.
 */
public final class Pulse {
  /*
   * On an event loop and over a connection of its own, so that it says something of the upstream and
   * nothing of the traffic. The question is one that the server answers without doing anything. Where
   * one stays unanswered the next goes over a new connection, in case only the old one is dead.
   */
  private static final String PATH = "/livez/ping";

  private static final long STEADY_MILLIS = 1_000;
  private static final long DOUBT_MILLIS = 500;
  private static final long LEAST_MILLIS = 100;
  private static final long LATE_MILLIS = 2_000;

  /** How one ended. */
  public enum Outcome {
    ANSWERED,
    /** There was no answer in time. */
    MISSED,
    /** No connection, or it broke. */
    FAILED
  }

  private final Vertx vertx;
  private final Context context;
  private final OwnConnections connections;
  private final Supplier<@Nullable String> token;
  private final Outage outage;
  private final Map<Outcome, AtomicLong> outcomes =
      Map.of(
          Outcome.ANSWERED, new AtomicLong(),
          Outcome.MISSED, new AtomicLong(),
          Outcome.FAILED, new AtomicLong());
  private long lastSent;
  private long timer = -1;
  private long due;
  private boolean closed;

  /**
   * @param vertx has an event loop that nobody else uses
   * @param upstream where it is, and with which certificates
   * @param token the proxy's own; gives null if there is none
   * @param outage is told of each
   */
  public Pulse(
      Vertx vertx,
      Supplier<UpstreamConfig> upstream,
      Supplier<@Nullable String> token,
      Outage outage) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.connections = new OwnConnections(vertx, upstream);
    this.token = token;
    this.outage = outage;
  }

  /** Begins. */
  public void start() {
    context.runOnContext(now -> send());
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
          connections.close().onComplete(done);
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
    return outage.isTrusted() ? STEADY_MILLIS : DOUBT_MILLIS;
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
    private long late;
    private long connection;
    private boolean told;

    void send() {
      late = vertx.setTimer(LATE_MILLIS, any -> unanswered(Outcome.MISSED));
      connection = connections.generation();
      connections
          .get(PATH)
          .compose(this::ask)
          .onComplete(answer -> answered(), cause -> unanswered(Outcome.FAILED));
    }

    private Future<?> ask(HttpClientRequest request) {
      if (told) {
        request.reset(ErrorCodes.CANCEL);
        return Future.failedFuture("too late to be sent");
      }
      String secret = token.get();
      if (secret != null) {
        request.putHeader("Authorization", "Bearer " + secret);
      }
      return request.send();
    }

    /** One that comes late is a sign of life all the same. */
    private void answered() {
      first(Outcome.ANSWERED);
      if (!closed) {
        outage.pulseAnswered();
      }
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
      vertx.cancelTimer(late);
      Objects.requireNonNull(outcomes.get(outcome)).incrementAndGet();
      return true;
    }
  }
}
