package io.apfproxy.upstream.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.report.Reporter;
import io.apfproxy.upstream.members.Members;
import io.apfproxy.upstream.members.Outage;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("L-91")
@Tag("L-94")
class AwaitedReturnTest {
  private static final int SEATS = 2;

  private final Outage outage =
      new Outage(Duration.ofSeconds(15), () -> 0, new Outage.Listener() {});
  private final Members<String> members = new Members<>(List.of("a"), outage, () -> 0);
  private final FakeLoop loop = new FakeLoop(new Random(1));

  private AwaitedReturn awaited(Runnable go) {
    return new AwaitedReturn(
        loop.vertx(), members.choose(SEATS), Reporter.NONE, HeldSeats.NONE, go, () -> {});
  }

  private AwaitedReturn awaited(Outage of, int seats, Runnable go) {
    return new AwaitedReturn(
        loop.vertx(),
        new Members<>(List.of("a"), of, () -> 0).choose(seats),
        Reporter.NONE,
        HeldSeats.NONE,
        go,
        () -> {});
  }

  /** Let go, it finds that nobody is there again before its turn: its old place is another's. */
  @Test
  void hasOnePlaceHoweverOftenItWaits() {
    outage.letGo(SEATS);
    AtomicInteger sent = new AtomicInteger();
    AwaitedReturn first = awaited(sent::incrementAndGet);
    outage.foundNobody();
    first.begin();
    outage.pulseAnswered();
    outage.foundNobody();
    loop.runTurn();
    assertThat(sent).hasValue(1);

    first.begin();
    outage.pulseAnswered();
    loop.runTurn();

    assertThat(sent).hasValue(2);
    first.end();
    AtomicInteger next = new AtomicInteger();
    assertThat(awaited(next::incrementAndGet).begin()).isTrue();
    loop.runTurn();
    assertThat(next).hasValue(1);
  }

  /**
   * One that holds no seats, such as of a log, and any where nobody waits (hold 0, break-glass).
   */
  @ParameterizedTest
  @CsvSource({"15,0", "0,2", "0,0"})
  void triesAFewTimesAgainWhereOnlyItsConnectionWasGoneThoughItMayNotWait(int hold, int seats) {
    Outage present = new Outage(Duration.ofSeconds(hold), () -> 0, new Outage.Listener() {});
    AtomicInteger sent = new AtomicInteger();
    AwaitedReturn awaited = awaited(present, seats, sent::incrementAndGet);
    assertThat(awaited.begin()).as("for somebody's return").isFalse();

    int tries = 0;
    while (awaited.beginAnew()) {
      loop.runTurn();
      assertThat(sent).hasValue(++tries);
      assertThat(awaited.isWaiting()).isFalse();
    }

    assertThat(tries).isEqualTo(3);
  }

  @Test
  void triesNotAgainWhereNobodyIsThere() {
    outage.foundNobody();

    assertThat(awaited(outage, 0, () -> {}).beginAnew()).isFalse();
  }
}
