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
}
