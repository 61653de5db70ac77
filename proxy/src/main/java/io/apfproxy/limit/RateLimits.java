package io.apfproxy.limit;

import io.apfproxy.config.Enforcement;
import io.apfproxy.config.RateLimit;
import io.apfproxy.gate.Asked;
import io.apfproxy.gate.Gate;
import io.apfproxy.limit.LimitTable.Place;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.time.TimeSource;
import java.net.InetAddress;
import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The rate limits in force: gates for those who ask, figures for those who watch. Thread-safe.
 * Source: specification limits.md A.
 */
public final class RateLimits {
  /** Requests that wait for gates at a time. */
  public static final int MOST_WAITING = 10_000;

  private final TimeSource time;
  private final Surroundings around;
  private final WaitingRoom room = new WaitingRoom(MOST_WAITING);
  private final LongAdder overflowsOfGone = new LongAdder();
  private volatile LimitTable table = LimitTable.NONE;

  /**
   * What limits need besides themselves.
   *
   * @param width how many seats wide a request is
   * @param unlimited addresses that limits keyed by address do not concern
   * @param replicas proxies that share what limits of scope {@code Fleet} let pass, 1 or more
   * @param enforcement of limits that do not say
   * @param random below its argument
   */
  record Surroundings(
      ToIntFunction<RequestDigest> width,
      Predicate<InetAddress> unlimited,
      int replicas,
      Enforcement enforcement,
      IntUnaryOperator random) {}

  /**
   * @param width how many seats wide a request is, by itself
   * @param unlimited addresses that limits keyed by address do not concern
   * @param replicas proxies that share what limits of scope {@code Fleet} let pass, 1 or more
   * @param enforcement who is held to limits that do not say it themselves
   */
  public RateLimits(
      TimeSource time,
      ToIntFunction<RequestDigest> width,
      Predicate<InetAddress> unlimited,
      int replicas,
      Enforcement enforcement) {
    this(
        time,
        width,
        unlimited,
        replicas,
        enforcement,
        most -> ThreadLocalRandom.current().nextInt(most));
  }

  RateLimits(
      TimeSource time,
      ToIntFunction<RequestDigest> width,
      Predicate<InetAddress> unlimited,
      int replicas,
      Enforcement enforcement,
      IntUnaryOperator random) {
    this.time = time;
    this.around = new Surroundings(width, unlimited, replicas, enforcement, random);
  }

  /** That there will never be one. */
  public static RateLimits none() {
    return new RateLimits(
        TimeSource.system(), digest -> 1, address -> false, 1, Enforcement.ENFORCE);
  }

  /**
   * Puts limits into force in the place of those before. What is missing of each key stays missing
   * where a limit of the same name counts the same: no change fills a bucket. Who waits goes on at
   * his instant. Looks at every key of a limit that changed: not for an event loop.
   *
   * @param limits valid, with their defaults; names are unique
   */
  public synchronized void apply(Collection<RateLimit> limits) {
    LimitTable before = table;
    long now = time.nanoTime();
    List<Limit> next =
        limits.stream()
            .map(limit -> Limit.of(limit, before.named(limit.metadata().name()), around, now))
            .toList();
    if (!next.equals(before.limits())) { // which are the same objects where nothing changed
      table = new LimitTable(next);
      before.limits().stream()
          .filter(old -> next.stream().noneMatch(old::sharesKeysWith))
          .forEach(gone -> overflowsOfGone.add(gone.overflows()));
    }
  }

  private Course course() {
    return table.course();
  }

  private Gate at(Place place) {
    return new LimitGate(place, () -> table, this::course, time);
  }

  /** Limits of those of whom is not known yet who they are. */
  public Gate beforeAuthentication() {
    return at(Place.STRANGERS);
  }

  /** Limits of what is asked in a time. */
  public Gate paces() {
    return at(Place.PACES);
  }

  /** Limits of what is asked at the same time; to be passed behind {@link #paces}. */
  public Gate places() {
    return at(Place.PLACES);
  }

  /**
   * What charges the bytes of a request that has passed {@link #paces}; null if no limit counts
   * them.
   */
  public @Nullable ByteMeter meter(Asked asked) {
    if (!table.at(Place.PACES).countsBytes()) {
      return null;
    }
    Course course = (Course) asked.inForce(this::course);
    return course.table().at(Place.PACES).meter(asked, !course.isRefused(), time);
  }

  /**
   * Room for those whom a gate lets wait.
   *
   * @param owner of a request, whose share counts while there is little room; null if it has none
   */
  public Gate waitingRoom(Function<Asked, ? extends @Nullable Object> owner) {
    return room.of(owner);
  }

  /** What became of requests at each limit. Looks at every key: not for an event loop. */
  public List<LimitReading> read() {
    long now = time.nanoTime();
    return table.limits().stream().map(limit -> limit.read(now)).toList();
  }

  /**
   * Units that are left now, at a limit, of the key that a request has there: how many such that
   * count one each would still go on. Empty if its key follows from its agent or address, or there
   * is no such limit.
   */
  public OptionalLong left(String name, RequestDigest digest) {
    Limit limit = table.named(name);
    return limit == null ? OptionalLong.empty() : limit.left(digest, time.nanoTime());
  }

  /** Who is held to what a limit decides. */
  public Enforcement enforcement(RateLimit limit) {
    return Enforcement.of(limit, around.enforcement());
  }

  /** Keys that are known now, of all limits together. Looks at each: not for an event loop. */
  public long keys() {
    return read().stream().mapToLong(LimitReading::keys).sum();
  }

  /** How often a key had to share a bucket, for want of room for one of its own. */
  public long keyOverflows() {
    return overflowsOfGone.sum() + table.limits().stream().mapToLong(Limit::overflows).sum();
  }

  /** Requests that wait at gates now. */
  public int waiting() {
    return room.waiting();
  }

  /** How often there was no room to wait. */
  public long waitingOverflows() {
    return room.overflows();
  }
}
