package io.apfproxy.upstream.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.report.Reporter;
import io.apfproxy.request.HeaderLines;
import io.apfproxy.request.RefusedException;
import io.apfproxy.upstream.members.Members;
import io.apfproxy.upstream.members.Outage;
import io.apfproxy.upstream.wire.Credential;
import io.apfproxy.upstream.wire.LaneKind;
import io.apfproxy.upstream.wire.Member;
import io.apfproxy.upstream.wire.Sender;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Exchanges whose response is on its way when they end. */
class HttpExchangeTest {
  /** Its ends, in order. */
  private static final class Ends implements ExchangeListener {
    private final List<String> told = new ArrayList<>();

    @Override
    public void responded(int code, MultiMap headers) {}

    @Override
    public void body(Buffer bytes) {}

    @Override
    public void failed(RefusedException refusal) {
      told.add(refusal.rule());
    }

    @Override
    public void cut(String rule) {
      told.add(rule);
    }

    @Override
    public void ended(boolean complete) {
      told.add("ended");
    }
  }

  @Test
  void takeAnUpstreamThatWasNotReadToHaveNoticedSooner() {
    long usual = millisUntilItEnds(HttpExchange::expire, "deadline");
    long stalled = millisUntilItEnds(HttpExchange::readTooSlowly, "slow-reader");
    assertThat(stalled).isPositive().isLessThanOrEqualTo(usual / 10);
  }

  /** Its connection went away, or takes fewer, since the stream was given. */
  @Test
  void goOnByAnotherStreamWhereOneCouldNotBegin() {
    FakeLoop loop = new FakeLoop(new Random(1));
    FakeStream first = new FakeStream(true);
    FakeStream second = new FakeStream(true);
    first.cannotBegin(new IllegalStateException("its connection goes away"));
    Ends ends = new Ends();
    FakeClient client = new FakeClient(false, false, true);
    HttpExchange exchange = exchange(loop, client, List.of(first, second), ends);
    exchange.start();

    assertThat(second.isBegun()).isTrue();
    assertThat(ends.told).isEmpty();

    exchange.cancel();
    assertThat(loop.timers()).as("only the grace of the stream").hasSize(1);
    loop.passTime();
    assertThat(ends.told).containsExactly("ended");
    assertThat(loop.isQuiet()).isTrue();
  }

  private static long millisUntilItEnds(Consumer<HttpExchange> end, String rule) {
    FakeLoop loop = new FakeLoop(new Random(1));
    FakeStream stream = new FakeStream(true);
    Ends ends = new Ends();
    HttpExchange exchange =
        exchange(loop, new FakeClient(false, true, false), List.of(stream), ends);
    exchange.start();
    stream.head(MultiMap.caseInsensitiveMultiMap());
    stream.body(Buffer.buffer("{"));
    end.accept(exchange);
    assertThat(ends.told).as("the upstream still works on it").containsExactly(rule);
    long millis = loop.lastMillis();
    loop.passTime();
    assertThat(ends.told).containsExactly(rule, "ended");
    return millis;
  }

  private static HttpExchange exchange(
      FakeLoop loop, FakeClient client, List<FakeStream> streams, ExchangeListener listener) {
    Iterator<FakeStream> next = streams.iterator();
    Member member =
        new Fake()
            .returns("server", () -> URI.create("https://10.0.0.1:6443"))
            .answers("open", args -> Future.succeededFuture(next.next().request()))
            .answers(
                "reset",
                args -> {
                  ((Runnable) args[1]).run();
                  return (Runnable) () -> {};
                })
            .as(Member.class);
    Outage never = new Outage(Duration.ofSeconds(5), () -> 0, new Outage.Listener() {});
    return new HttpExchange(
        loop.vertx(),
        new Members<>(List.of(member), never, () -> 0).choose(1),
        new Reporter() {},
        client.request(),
        Requests.of(
            "GET",
            new HeaderLines(),
            new Sender(Credential.NONE, true, null, List.of()),
            LaneKind.SMALL),
        null,
        listener,
        new Backlogs(new UnreadBytes(0, 0), new ResponsePool(0, 0, 0)));
  }
}
