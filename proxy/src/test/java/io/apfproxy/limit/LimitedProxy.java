package io.apfproxy.limit;

import io.apfproxy.config.Enforcement;
import io.apfproxy.config.RateLimit;
import io.apfproxy.gate.FakeAsked;
import io.apfproxy.gate.Gate;
import io.apfproxy.gate.GateChain;
import io.apfproxy.gate.Passage;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.request.RequestInfoParser;
import io.apfproxy.request.RequestTarget;
import io.apfproxy.request.UserInfo;
import io.apfproxy.time.ManualTime;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The gates of rate limits as they stand on the walk, in virtual time. */
final class LimitedProxy {
  static final String PODS = "/api/v1/namespaces/shop/pods";

  final ManualTime time = new ManualTime();

  /** Seats of a list; anything else has one. */
  int listSeats = 1;

  /** Whether there is room for who has to wait. */
  boolean room = true;

  /** What random numbers are: a part of their bound. */
  double random;

  final RateLimits limits;

  LimitedProxy(RateLimit... all) {
    this(1, all);
  }

  /** One of so many that share what limits of scope {@code Fleet} let pass. */
  LimitedProxy(int replicas, RateLimit... all) {
    this(replicas, Enforcement.ENFORCE, all);
  }

  /** One whose limits hold those, if they do not say it themselves. */
  LimitedProxy(Enforcement enforcement, RateLimit... all) {
    this(1, enforcement, all);
  }

  private LimitedProxy(int replicas, Enforcement enforcement, RateLimit... all) {
    limits =
        new RateLimits(
            time,
            digest -> digest.info().verb().equals("list") ? listSeats : 1,
            InetAddress::isLoopbackAddress,
            replicas,
            enforcement,
            bound -> (int) (random * bound));
    limits.apply(List.of(all));
  }

  /** One that may wait for 15 s. */
  FakeAsked request(String method, String target, String user, String... groups) {
    try {
      RequestTarget parsed = RequestTarget.parse(target);
      FakeAsked asked =
          new FakeAsked(
              new RequestDigest(
                  RequestInfoParser.parse(method, parsed),
                  UserInfo.of(user, groups),
                  parsed.query()));
      asked.waitsUntil = time.nanoTime() + TimeUnit.SECONDS.toNanos(15);
      return asked;
    } catch (RefusedException e) {
      throw new AssertionError(e);
    }
  }

  FakeAsked get(String user) {
    return request("GET", PODS + "/web-0", user);
  }

  /**
   * What becomes of one at all gates.
   *
   * @param nanos it has to wait; 0 if it goes on at once
   * @param refusal null if it is not refused
   */
  record Fate(@Nullable Passage passage, long nanos, @Nullable RefusedException refusal) {
    boolean passes() {
      return refusal == null && nanos == 0;
    }

    /** It is served and ends. */
    void end() {
      if (passage != null) {
        passage.giveBack();
      }
    }
  }

  Fate ask(FakeAsked asked) {
    return ask(asked, limits.beforeAuthentication(), limits.paces(), limits.places());
  }

  /** With gates behind them. */
  Fate ask(FakeAsked asked, Gate... gates) {
    Passage passage = new GateChain(List.of(gates)).passage(asked);
    if (passage == null) {
      return new Fate(null, 0, null);
    }
    try {
      long wait = passage.goOn(time.nanoTime());
      if (wait > 0) {
        makeRoom();
        passage.mayWait();
        wait = passage.goOn(time.nanoTime());
      }
      return new Fate(passage, wait, null);
    } catch (RefusedException refusal) {
      asked.refused = true;
      passage.giveBack();
      return new Fate(passage, 0, refusal);
    }
  }

  private void makeRoom() throws RefusedException {
    if (!room) {
      throw new RefusedException(429, "TooManyRequests", "no-room", "message").retryAfter(1);
    }
  }

  /** How many of so many go on at once. */
  long passing(int tries, java.util.function.Supplier<FakeAsked> request) {
    return Stream.generate(() -> ask(request.get())).limit(tries).filter(Fate::passes).count();
  }

  LimitReading reading(String name) {
    return limits.read().stream()
        .filter(limit -> limit.name().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
