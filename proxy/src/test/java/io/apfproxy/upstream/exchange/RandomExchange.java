package io.apfproxy.upstream.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.report.Reporter;
import io.apfproxy.request.RefusedException;
import io.apfproxy.upstream.members.Members;
import io.apfproxy.upstream.members.Outage;
import io.apfproxy.upstream.wire.Credential;
import io.apfproxy.upstream.wire.ErrorCodes;
import io.apfproxy.upstream.wire.Member;
import io.apfproxy.upstream.wire.Outgoing;
import io.apfproxy.upstream.wire.Sender;
import io.apfproxy.upstream.wire.Traffic;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.StreamResetException;
import java.net.ConnectException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.LinkedHashMap;
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
  private final Deque<Promise<HttpClientRequest>> opening = new ArrayDeque<>();
  private final List<FakeStream> streams = new ArrayList<>();
  private final Deque<Runnable> pacedResets = new ArrayDeque<>();
  private final Deque<Handler<Void>> turns = new ArrayDeque<>();
  private final Map<Long, Handler<Long>> timers = new LinkedHashMap<>();
  private final Map<Held, Integer> held = new EnumMap<>(Held.class);
  private long now;
  private final Outage outage = new Outage(HOLD, () -> now, new Outage.Listener() {});
  private final HttpExchange exchange;
  private long lastTimer;
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
    this.client = new FakeClient(random.nextBoolean(), random.nextInt(3) == 0);
    MultiMap survivors = MultiMap.caseInsensitiveMultiMap();
    exchange =
        new HttpExchange(
            vertx(),
            new Members<>(List.of(member()), outage, () -> 0).choose(random.nextInt(4)),
            this,
            client.request(),
            new Outgoing(
                "POST",
                "/api",
                survivors,
                new Sender(Credential.NONE, true, null, List.of()),
                "192.0.2.1",
                "proxy",
                "id",
                "",
                false,
                random.nextBoolean() ? Traffic.LASTING : Traffic.SMALL,
                false),
            this,
            new Backlogs(unread, pool));
  }

  private Vertx vertx() {
    Context own =
        new Fake()
            .answers(
                "runOnContext",
                args -> {
                  turns.add(handler(args[0]));
                  return null;
                })
            .as(Context.class);
    return new Fake()
        .returns("getOrCreateContext", () -> own)
        .answers(
            "runOnContext",
            args -> {
              turns.add(handler(args[0]));
              return null;
            })
        .answers("setTimer", args -> set(args, true))
        .answers("setPeriodic", args -> set(args, false))
        .answers("cancelTimer", args -> timers.remove((Long) args[0]) != null)
        .as(Vertx.class);
  }

  @SuppressWarnings("unchecked")
  private static <T> Handler<T> handler(Object handler) {
    return (Handler<T>) handler;
  }

  private long set(Object[] args, boolean once) {
    long id = ++lastTimer;
    Handler<Long> action = handler(args[args.length - 1]);
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

  private Member member() {
    return new Fake()
        .returns("server", () -> URI.create("https://10.0.0.1:6443"))
        .answers(
            "open",
            args -> {
              Promise<HttpClientRequest> promise = Promise.promise();
              opening.add(promise);
              return promise.future();
            })
        .answers(
            "reset",
            args -> {
              Runnable reset = (Runnable) args[1];
              if (random.nextBoolean()) {
                reset.run();
                return (Runnable) () -> {};
              }
              pacedResets.add(reset);
              return (Runnable) () -> pacedResets.remove(reset);
            })
        .answers("wentAwayBefore", args -> random.nextBoolean())
        .as(Member.class);
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
              "seed %s: rounds until it is quiet; ends %s, timers %s, resets %s, opening %s",
              seed, ends, timers.keySet(), pacedResets.size(), opening.size())
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
      case 1 -> exchange.expire();
      case 2 -> {
        if (random.nextInt(4) == 0) {
          stopping = true;
          exchange.finishWatch("test");
        }
      }
      case 3 -> passTime();
      case 4 -> runPacedReset();
      case 5, 6, 7 -> open();
      case 8, 9, 10 -> runTurn();
      case 11, 12, 13, 14 -> client.somethingHappens(random);
      case 24, 25 -> outage.pulseAnswered(true);
      case 26, 27 -> outage.pulseMissed();
      case 28 -> now += random.nextLong(HOLD.toNanos());
      case 29 -> withdraw();
      default -> streamHappens();
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
    passTime();
    runPacedReset();
    open();
    runTurn();
    client.takeAll();
  }

  private boolean isQuiet() {
    return ends > 0
        && timers.isEmpty()
        && pacedResets.isEmpty()
        && opening.isEmpty()
        && turns.isEmpty()
        && client.hasTakenAll();
  }

  private void passTime() {
    if (!timers.isEmpty()) {
      List<Handler<Long>> due = new ArrayList<>(timers.values());
      due.get(random.nextInt(due.size())).handle(0L);
    }
  }

  private void runPacedReset() {
    if (!pacedResets.isEmpty()) {
      pacedResets.remove().run();
    }
  }

  private void runTurn() {
    if (!turns.isEmpty()) {
      turns.remove().handle(null);
    }
  }

  private void open() {
    if (opening.isEmpty()) {
      return;
    }
    Promise<HttpClientRequest> promise = opening.remove();
    if (random.nextInt(6) == 0) {
      promise.fail(
          switch (random.nextInt(4)) {
            case 0 -> full();
            case 1 -> new HttpClosedException("gone just then");
            default -> new ConnectException("refused");
          });
    } else {
      FakeStream stream = new FakeStream(random.nextBoolean());
      streams.add(stream);
      promise.complete(stream.request());
    }
  }

  private static Throwable full() {
    return new IllegalStateException("no room for another connection");
  }

  private void streamHappens() {
    if (streams.isEmpty()) {
      return;
    }
    FakeStream stream = streams.get(random.nextInt(streams.size()));
    switch (random.nextInt(16)) {
      case 0 -> stream.breakBy(new StreamResetException(ErrorCodes.REFUSED_STREAM));
      case 1 -> stream.breakBy(new StreamResetException(ErrorCodes.INTERNAL_ERROR));
      case 2 -> stream.breakBy(new HttpClosedException("gone"));
      case 3, 4, 5, 6 -> stream.head(random);
      case 7, 8 -> stream.end();
      case 9 -> stream.drain();
      default -> stream.body(piece());
    }
  }

  private Buffer piece() {
    return switch (random.nextInt(4)) {
      case 0 -> Buffer.buffer(new byte[50 << 10]);
      case 1 -> Buffer.buffer("{}\n");
      default -> Buffer.buffer("{");
    };
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
      assertThat(streams.stream().filter(FakeStream::isOpen)).as("%s: streams", seen).isEmpty();
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
