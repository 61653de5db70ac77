package io.apfproxy.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.apfproxy.config.Enforcement;
import io.apfproxy.config.RateLimit;
import io.apfproxy.gate.Asked;
import io.apfproxy.gate.FakeAsked;
import io.apfproxy.gate.Gate;
import io.apfproxy.limit.LimitedProxy.Fate;
import io.apfproxy.request.RefusedException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A limit in shadow moves as an enforced one, and nobody feels it. Specification L-32. */
class RateLimitShadowTest {
  private static final List<String> USERS = List.of("alice", "bob", "carol");

  private static Limiting users() {
    return Limiting.of("users").by("User");
  }

  @Test
  void refusesNobodyAndLetsNobodyWait() {
    LimitedProxy proxy = new LimitedProxy(users().inShadow().tokens(1, "10s", 2, "10s"));
    assertThat(proxy.passing(6, () -> proxy.get("alice"))).isEqualTo(6);
    LimitReading users = proxy.reading("users");
    assertThat(users.passed()).isEqualTo(6);
    assertThat(users.refused() + users.delayed()).isZero();
    assertThat(users.shadow()).isEqualTo(new LimitReading.Shadow(1, 3));
  }

  /** Who would have been refused at the second one gets back what he took at the first. */
  @Test
  void countsThePlacesOfThoseItWouldLetIn() {
    LimitedProxy proxy =
        new LimitedProxy(some("places").atATime(1), some("users").tokens(1, "60s", 5, "0s"));
    List<Fate> fates = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      fates.add(proxy.ask(proxy.get("alice")));
    }
    assertThat(fates).allMatch(Fate::passes);
    assertThat(proxy.reading("places").shadow()).isEqualTo(new LimitReading.Shadow(0, 3));
    assertThat(proxy.reading("places").fullest()).isEqualTo(1);
    assertThat(proxy.reading("users").fullest()).isEqualTo(0.2);
    fates.forEach(Fate::end);
    assertThat(proxy.reading("places").fullest()).isZero();
  }

  private static Limiting some(String name) {
    return Limiting.of(name).by("User").inShadow();
  }

  @Test
  void doesNotStandInForAnEnforcedOne() {
    LimitedProxy proxy =
        new LimitedProxy(users().perSecond(1, 3), some("shadow").tokens(1, "60s", 1, "0s"));
    assertThat(proxy.passing(9, () -> proxy.get("alice"))).isEqualTo(3);
    assertThat(proxy.reading("users").refused()).isEqualTo(6);
    assertThat(proxy.reading("shadow").passed()).as("who was refused was not seen").isEqualTo(3);
    assertThat(proxy.reading("shadow").shadow().refused()).isEqualTo(2);
  }

  /** Whoever turns shadow off finds the buckets as they would be, and the other way round. */
  @Test
  void keepsItsBucketsWhenItIsEnforced() {
    LimitedProxy proxy = new LimitedProxy(users().inShadow().tokens(1, "60s", 3, "0s"));
    assertThat(proxy.passing(2, () -> proxy.get("alice"))).isEqualTo(2);
    proxy.limits.apply(List.of(users().tokens(1, "60s", 3, "0s")));
    assertThat(proxy.passing(9, () -> proxy.get("alice"))).isEqualTo(1);
    proxy.limits.apply(List.of(users().inShadow().tokens(1, "60s", 3, "0s")));
    assertThat(proxy.passing(9, () -> proxy.get("alice"))).isEqualTo(9);
    assertThat(proxy.reading("users").shadow().refused()).isEqualTo(9);
  }

  /** A place that was only counted is given back by whom it was counted for. */
  @Test
  void givesBackWhatItCountedWhenItsModeChangesMeanwhile() {
    LimitedProxy proxy = new LimitedProxy(users().inShadow().atATime(1));
    Fate counted = proxy.ask(proxy.get("alice"));
    Fate beyond = proxy.ask(proxy.get("alice"));
    proxy.limits.apply(List.of(users().atATime(1)));
    beyond.end();
    assertThat(proxy.ask(proxy.get("alice")).passes()).isFalse();
    counted.end();
    assertThat(proxy.ask(proxy.get("alice")).passes()).isTrue();
  }

  /** L-21: bytes of a shadow limit are charged to what comes next, which is not held up. */
  @Test
  void chargesBytesAndHoldsNothingUp() {
    LimitedProxy proxy =
        new LimitedProxy(users().inShadow().unit(RateLimit.BYTES).tokens(1, "1s", 65_536, "0s"));
    FakeAsked asked = proxy.get("alice");
    assertThat(proxy.ask(asked).passes()).isTrue();
    ByteMeter meter = proxy.limits.meter(asked);
    assertThat(meter).isNotNull();
    assertThat(meter.moved(0, 1_000_000)).isZero();
    FakeAsked next = proxy.get("alice");
    assertThat(proxy.ask(next).passes()).isTrue();
    assertThat(proxy.reading("users").shadow().refused()).isEqualTo(1);
    assertThat(proxy.limits.meter(next)).as("it would not have begun").isNull();
  }

  /** L-32: its annotation, else the flag; V-30: what is none of the values does not count. */
  @ParameterizedTest
  @CsvSource({
    "enforce,,true", "shadow,,false", "1%,,false", "99%,,true", "enforce,shadow,false",
    "shadow,enforce,true", "shadow,99%,true", "99%,1%,false", "shadow,off,false", "enforce,off,true"
  })
  void goesByItsAnnotationAndElseByTheFlag(String flag, String annotation, boolean holds) {
    assertThat(firstPercent("alice")).as("to tell 1% from 99%").isBetween(2, 99);
    Limiting limiting = annotation == null ? users() : users().enforcement(annotation);
    LimitedProxy proxy =
        new LimitedProxy(Enforcement.parse(flag).orElseThrow(), limiting.tokens(1, "60s", 2, "0s"));
    assertThat(proxy.passing(9, () -> proxy.get("alice"))).isEqualTo(holds ? 2 : 9);
    assertThat(proxy.reading("users").shadow().refused()).isEqualTo(holds ? 0 : 7);
  }

  private static int firstPercent(String user) {
    return IntStream.rangeClosed(0, 100)
        .filter(percent -> Enforcement.holds(percent, user))
        .findFirst()
        .orElseThrow();
  }

  /** V-31, V-33: who is held finds what he would find if all were. */
  @Test
  void holdsThatPartOfTheUsersAndCountsAll() {
    String held = user(true);
    String free = user(false);
    LimitedProxy proxy =
        new LimitedProxy(Limiting.of("all").enforcement("50%").tokens(1, "60s", 3, "0s"));
    assertThat(proxy.passing(2, () -> proxy.get(free))).isEqualTo(2);
    assertThat(proxy.passing(5, () -> proxy.get(held))).isEqualTo(1);
    assertThat(proxy.passing(4, () -> proxy.get(free))).isEqualTo(4);
    LimitReading all = proxy.reading("all");
    assertThat(all.refused()).isEqualTo(4);
    assertThat(all.shadow().refused()).isEqualTo(4);
  }

  private static String user(boolean held) {
    return IntStream.range(0, 1_000)
        .mapToObj(i -> "user" + i)
        .filter(user -> Enforcement.holds(50, user) == held)
        .findFirst()
        .orElseThrow();
  }

  /** Nobody is one of a part of the users while nobody knows who he is. */
  @Test
  void holdsNobodyBeforeAuthenticationButEverybody() {
    LimitedProxy part =
        new LimitedProxy(
            new Enforcement(99),
            Limiting.of("strangers").beforeAuthentication().tokens(1, "60s", 2, "0s"));
    assertThat(part.passing(9, () -> part.get("alice"))).isEqualTo(9);
    assertThat(part.reading("strangers").shadow().refused()).isEqualTo(7);
    LimitedProxy all =
        new LimitedProxy(
            Enforcement.SHADOW,
            Limiting.of("strangers")
                .beforeAuthentication()
                .enforcement("enforce")
                .tokens(1, "60s", 2, "0s"));
    assertThat(all.passing(9, () -> all.get("alice"))).isEqualTo(2);
  }

  /** V-37, L-33: what would have happened is told of the request, with limit and key. */
  @Test
  void tellsWhatItWouldDo() {
    LimitedProxy proxy =
        new LimitedProxy(
            Enforcement.SHADOW, Limiting.of("own").by("User", "Namespace").leaking(1, 1));
    FakeAsked first = proxy.get("alice");
    FakeAsked second = proxy.get("alice");
    FakeAsked third = proxy.get("alice");
    List.of(first, second, third).forEach(proxy::ask);
    assertThat(first.wouldWait).isEmpty();
    assertThat(second.wouldWait).containsExactly(1_000_000_000L);
    assertThat(third.wouldWait).isEmpty();
    assertThat(first.wouldBeRefused).isEmpty();
    assertThat(second.wouldBeRefused).isEmpty();
    RefusedException refusal = third.wouldBeRefused.get(0);
    assertThat(refusal.limit()).isEqualTo("own");
    assertThat(refusal.limitKey()).isEqualTo("user alice and namespace shop");
    assertThat(refusal.rule()).isEqualTo("rate-limit");
    assertThat(refusal.retryAfterSeconds()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.7,'program kubectl and address 192.0.2.7'",
    "2001:db8:1:2:3:4:5:6,'program kubectl and address 2001:db8:1:2:0:0:0:0/64'"
  })
  void namesTheKeyOfStrangers(String address, String key) throws Exception {
    LimitedProxy proxy =
        new LimitedProxy(
            Limiting.of("strangers")
                .beforeAuthentication()
                .by("UserAgent", "SourceAddress")
                .tokens(1, "60s", 1, "0s"));
    FakeAsked asked = proxy.get("alice");
    asked.userAgent = "kubectl/v1.37 (linux)";
    asked.peer = InetAddress.getByName(address);
    assertThat(proxy.ask(asked).passes()).isTrue();
    assertThat(proxy.ask(asked).refusal().limitKey()).isEqualTo(key);
  }

  /**
   * L-21, L-32: it is not slowed, but owes at each instant what it would have moved by then, as
   * others find the bucket as if it had been, and the limit may be enforced at any time.
   */
  @Test
  void owesForAStreamAsIfThatWereSlowed() {
    RateLimit limit =
        Limiting.of("logs").unit(RateLimit.BYTES).tokens(1 << 17, "1s", 1 << 18, "0s");
    LimitedProxy enforced = new LimitedProxy(limit);
    LimitedProxy shadow = new LimitedProxy(Enforcement.SHADOW, limit);
    ByteMeter slowed = stream(enforced);
    ByteMeter free = stream(shadow);
    long all = 2 << 20;
    long moved = 0;
    long goesOnAt = enforced.time.nanoTime();
    for (int step = 0; step < 400; step++) {
      if (moved < all && enforced.time.nanoTime() - goesOnAt >= 0) {
        moved += 1 << 14;
        goesOnAt = enforced.time.nanoTime() + slowed.moved(0, moved);
      }
      assertThat(free.moved(0, all + step)).isZero();
      if (step > 20) { // the burst goes as fast as it comes
        assertThat(shadow.reading("logs").fullest())
            .as("step %d", step)
            .isCloseTo(enforced.reading("logs").fullest(), within(0.3));
      }
      enforced.time.advance(Duration.ofMillis(10));
      shadow.time.advance(Duration.ofMillis(10));
    }
    assertThat(shadow.reading("logs").bytesOut()).isEqualTo(all + 399);
    shadow.time.advance(Duration.ofSeconds(1));
    assertThat(shadow.ask(shadow.get("bob")).passes()).isTrue();
    assertThat(shadow.reading("logs").shadow().refused()).as("of bob").isZero();
  }

  private static ByteMeter stream(LimitedProxy proxy) {
    FakeAsked asked = proxy.request("GET", LimitedProxy.PODS + "/web-0/log?follow=true", "alice");
    assertThat(proxy.ask(asked).passes()).isTrue();
    return Objects.requireNonNull(proxy.limits.meter(asked));
  }

  static LongStream seeds() {
    return LongStream.range(0, 300);
  }

  /**
   * The same arrivals before the same limits, here enforced and there in shadow: each limit says
   * the same of each request. Places are not behind waits, which only who is enforced has.
   */
  @ParameterizedTest
  @MethodSource("seeds")
  void saysOfEachRequestWhatAnEnforcedOneSays(long seed) {
    LimitedProxy enforced = new LimitedProxy(limits(new Random(seed), false));
    LimitedProxy shadow = new LimitedProxy(limits(new Random(seed), true));
    Random random = new Random(~seed);
    List<Fate[]> underWay = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      Duration step = Duration.ofMillis(random.nextInt(300));
      enforced.time.advance(step);
      shadow.time.advance(step);
      if (!underWay.isEmpty() && random.nextInt(3) == 0) {
        Fate[] over = underWay.remove(random.nextInt(underWay.size()));
        over[0].end();
        over[1].end();
      } else {
        String user = USERS.get(random.nextInt(USERS.size()));
        boolean full = random.nextInt(4) == 0;
        FakeAsked asked = shadow.get(user);
        Fate[] fates = {ask(enforced, enforced.get(user), full), ask(shadow, asked, full)};
        assertThat(fates[1].nanos()).isZero();
        expectTold(fates[0], asked);
        assertThat(fates[1].refusal() == null).as("behind it, if at all").isEqualTo(!full);
        underWay.add(fates);
      }
      expectSame(enforced, shadow);
    }
  }

  /** One, two or three limits: those that wait, or those with places behind them. */
  private static RateLimit[] limits(Random random, boolean shadow) {
    String maxWait = random.nextBoolean() ? "2s" : "0s";
    List<RateLimit> limits = new ArrayList<>();
    limits.add(mode("users", shadow).by("User").tokens(1 + random.nextInt(5), "1s", 3, maxWait));
    if (random.nextBoolean()) {
      limits.add(mode("all", shadow).tokens(1 + random.nextInt(9), "1s", 6, maxWait));
    }
    if (maxWait.equals("0s")) {
      limits.add(mode("places", shadow).by("User").atATime(1 + random.nextInt(4)));
    } else if (random.nextBoolean()) {
      limits.add(mode("leak", shadow).leaking(4, random.nextInt(4)));
    }
    return limits.toArray(RateLimit[]::new);
  }

  private static Limiting mode(String name, boolean shadow) {
    return shadow ? Limiting.of(name).inShadow() : Limiting.of(name);
  }

  /** One whom flow control refuses at once, or lets go on. */
  private static Fate ask(LimitedProxy proxy, FakeAsked asked, boolean full) {
    return proxy.ask(asked, proxy.limits.paces(), proxy.limits.places(), full ? FULL : OPEN);
  }

  private static final Gate OPEN = new Behind(false);
  private static final Gate FULL = new Behind(true);

  private record Behind(boolean full) implements Gate {
    @Override
    public boolean concerns(Asked asked) {
      return true;
    }

    @Override
    public long enter(Asked asked, long now) throws RefusedException {
      if (full) {
        throw new RefusedException(429, "TooManyRequests", "queue-full", "message");
      }
      return 0;
    }

    @Override
    public void leave(Asked asked) {}
  }

  /** What is told of one in shadow is what happened to the other. */
  private static void expectTold(Fate enforced, FakeAsked shadow) {
    List<Long> waits = enforced.nanos() == 0 ? List.of() : List.of(enforced.nanos());
    assertThat(shadow.wouldWait).isEqualTo(waits);
    RefusedException refusal = enforced.refusal();
    boolean byLimit = refusal != null && !refusal.limit().isEmpty();
    assertThat(shadow.wouldBeRefused).hasSize(byLimit ? 1 : 0);
    if (byLimit) {
      assertThat(shadow.wouldBeRefused.get(0))
          .usingRecursiveComparison()
          .ignoringFields("stackTrace")
          .isEqualTo(refusal);
    }
  }

  private static void expectSame(LimitedProxy enforced, LimitedProxy shadow) {
    List<LimitReading> ours = enforced.limits.read();
    List<LimitReading> theirs = shadow.limits.read();
    for (int i = 0; i < ours.size(); i++) {
      LimitReading one = ours.get(i);
      LimitReading other = theirs.get(i);
      assertThat(other.fullest()).as(one.name()).isEqualTo(one.fullest());
      assertThat(other.keys()).isEqualTo(one.keys());
      assertThat(other.shadow().refused()).as(one.name()).isEqualTo(one.refused());
      assertThat(other.shadow().delayed()).as(one.name()).isEqualTo(one.delayed());
    }
  }
}
