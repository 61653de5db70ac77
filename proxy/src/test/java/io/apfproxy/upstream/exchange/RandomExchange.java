package io.apfproxy.upstream.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.report.Reporter;
import io.apfproxy.request.HeaderLines;
import io.apfproxy.request.RefusedException;
import io.apfproxy.upstream.members.Members;
import io.apfproxy.upstream.members.Outage;
import io.apfproxy.upstream.wire.Credential;
import io.apfproxy.upstream.wire.LaneKind;
import io.apfproxy.upstream.wire.Sender;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** One exchange between stand-ins for both ends. What happens to it follows from its seed. */
final class RandomExchange implements ExchangeListener, Reporter {
  private static final int STEPS = 40;
  private static final Duration HOLD = Duration.ofSeconds(5);

  /** What is thrown on purpose. */
  private static final class Thrown extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Thrown() {
      super("thrown on purpose", null, false, false);
    }
  }

  private final long seed;
  private final Random random;
  private final UnreadBytes unread = new UnreadBytes(0, 0);
  private final ResponsePool pool = new ResponsePool(100 << 10, 100 << 10, 0);
  private final FakeClient client;
  private final FakeMember server;
  private final FakeLoop loop;
  private final Map<Held, Integer> held = new EnumMap<>(Held.class);
  private long now;
  private final Outage outage = new Outage(HOLD, () -> now, new Outage.Listener() {});
  private final HttpExchange exchange;
  private int answers;
  private int refusals;
  private int ends;
  private int aborted;
  private int draining;
  private boolean whole;
  private boolean throwing = true;
  private boolean thrown;
  private boolean stopping;

  RandomExchange(long seed) {
    this.seed = seed;
    this.random = new Random(seed);
    this.server = new FakeMember(random);
    this.loop = new FakeLoop(random);
    this.client = new FakeClient(random.nextBoolean(), random.nextInt(3) == 0, seed % 2 == 0);
    HeaderLines survivors = new HeaderLines();
    exchange =
        new HttpExchange(
            loop.vertx(),
            new Members<>(List.of(server.member()), outage, () -> 0).choose(random.nextInt(4)),
            this,
            client.request(),
            Requests.of(
                "POST",
                survivors,
                new Sender(Credential.NONE, true, null, List.of()),
                random.nextBoolean() ? LaneKind.LASTING : LaneKind.SMALL),
            null,
            this,
            new Backlogs(unread, pool));
  }

  void play() {
    turn(exchange::start);
    for (int step = 0; step < STEPS; step++) {
      turn(this::somethingHappens);
    }
    throwing = false;
    turn(exchange::cancel);
    for (int round = 0; !isQuiet(); round++) {
      assertThat(round)
          .as(
              "seed %s: rounds until it is quiet; ends %s, timers %s, %s",
              seed, ends, loop.timers(), server)
          .isLessThan(1_000);
      turn(this::bringToAnEnd);
    }
  }

  /** As the event loop does: what is thrown is told to the request, whoever caught it. */
  private void turn(Runnable step) {
    Runnable next = step;
    while (next != null) {
      thrown = false;
      try {
        next.run();
      } catch (Thrown onPurpose) {
        thrown = true;
      }
      next = thrown ? exchange::abandon : null;
    }
  }

  private void maybeThrow() {
    if (throwing && random.nextInt(60) == 0) {
      thrown = true;
      throw new Thrown();
    }
  }

  private void somethingHappens() {
    switch (random.nextInt(30)) {
      case 0 -> exchange.cancel();
      case 1 -> giveUp();
      case 2 -> {
        if (random.nextInt(4) == 0) {
          stopping = true;
          exchange.finishWatch("test");
        }
      }
      case 3 -> loop.passTime();
      case 4 -> server.runPacedReset();
      case 5, 6, 7 -> server.open();
      case 8, 9, 10 -> loop.runTurn();
      case 11, 12, 13, 14 -> client.somethingHappens(random);
      case 24, 25 -> outage.pulseAnswered();
      case 26, 27 -> outage.pulseMissed();
      case 28 -> now += random.nextLong(HOLD.toNanos());
      case 29 -> withdraw();
      default -> server.somethingHappens();
    }
  }

  private void giveUp() {
    if (random.nextBoolean()) {
      exchange.expire();
    } else {
      exchange.giveUp(new RefusedException(400, "BadRequest", "test", "unreadable"));
    }
  }

  /** The proxy stops: only what waits can be refused, and is. */
  private void withdraw() {
    boolean waits = held.getOrDefault(Held.AWAITING_UPSTREAM, 0) == 1;
    boolean refused =
        random.nextInt(8) == 0
            && exchange.withdraw(new RefusedException(429, "TooManyRequests", "test", "stops"));
    assertThat(refused && !waits).as("seed %s: refused what was sent", seed).isFalse();
  }

  private void bringToAnEnd() {
    exchange.expire();
    loop.passTime();
    server.runPacedReset();
    server.open();
    loop.runTurn();
    client.takeAll();
  }

  private boolean isQuiet() {
    return ends > 0 && loop.isQuiet() && server.isQuiet() && client.hasTakenAll();
  }

  /** What became of it; fails if anything is held, or told twice. */
  String verdict() {
    String seen = "seed " + seed;
    assertThat(ends).as("%s: ends", seen).isEqualTo(1);
    assertThat(answers + refusals).as("%s: answers", seen).isLessThanOrEqualTo(1);
    assertThat(held.values()).as("%s: held", seen).allMatch(left -> left == 0);
    assertThat(unread.taken()).as("%s: unread bytes", seen).isZero();
    assertThat(pool.taken()).as("%s: room for responses", seen).isZero();
    assertThat(draining).as("%s: responses that drain", seen).isZero();
    assertThat(outage.waiting()).as("%s: those that wait", seen).isZero();
    if (!stopping) { // else the connection is about to be closed
      assertThat(server.openStreams()).as("%s: streams", seen).isEmpty();
    }
    if (whole) {
      return "whole";
    }
    if (refusals > 0) {
      return "refused";
    }
    return aborted > 0 ? "cut" : "left";
  }

  @Override
  public void responded(int code, MultiMap headers) {
    answers++;
    assertThat(ends).isZero();
    maybeThrow();
  }

  @Override
  public void body(Buffer bytes) {
    assertThat(answers).isEqualTo(1);
    maybeThrow();
  }

  @Override
  public void failed(RefusedException refusal) {
    refusals++;
    assertThat(ends).isZero();
    maybeThrow();
  }

  @Override
  public void ended(boolean complete) {
    ends++;
    whole = complete;
    maybeThrow();
  }

  @Override
  public HeldSeats seats() {
    return new HeldSeats() {
      @Override
      public String user() {
        return "somebody";
      }

      @Override
      public int held() {
        return ends == 0 && seed % 3 > 0 ? 2 : 0;
      }

      @Override
      public boolean isAwaited() {
        return random.nextBoolean();
      }
    };
  }

  @Override
  public void draining() {
    assertThat(ends).isZero();
    draining++;
    assertThat(draining).isEqualTo(1);
  }

  @Override
  public void drained() {
    draining--;
  }

  @Override
  public void held(Held what, int delta) {
    held.merge(what, delta, Integer::sum);
    assertThat(held.get(what)).isBetween(0, 1);
  }

  @Override
  public void cut(String rule) {
    aborted++;
    maybeThrow();
  }

  @Override
  public void aborted(String rule) {
    aborted++;
  }
}
