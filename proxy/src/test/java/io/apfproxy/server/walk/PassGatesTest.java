package io.apfproxy.server.walk;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.gate.Gate;
import io.apfproxy.gate.GateChain;
import io.apfproxy.gate.GateLedger;
import io.apfproxy.gate.RecordedGate;
import io.apfproxy.limit.RateLimits;
import io.apfproxy.report.Account;
import io.apfproxy.report.Reporter;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.RequestInfoParser;
import io.apfproxy.request.RequestTarget;
import io.apfproxy.server.listen.RequestLimits;
import io.apfproxy.time.ManualTime;
import io.apfproxy.upstream.members.Outage;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What becomes of a request that waits at a gate, in virtual time: at random it goes on, its client
 * leaves, its place is needed, the proxy stops, something is thrown. Each gate that it entered is
 * told once, the last one first.
 */
@Tag("S50")
class PassGatesTest {
  private static final int WALKS = 40_000;

  private final ManualTime time = new ManualTime();
  private final List<String> book = new ArrayList<>();
  private final WaitingGates nothing = new WaitingGates(new GateChain(List.of()), time);

  private FakeClient client() {
    return new FakeClient(time, Reporter.NONE, "client");
  }

  private Gate gate(String name, long wait) {
    return new RecordedGate(name, wait, book);
  }

  private static GateChain gates(Gate... all) {
    return new GateChain(List.of(all));
  }

  private PassGates station(GateChain gates) {
    return new PassGates(gates, nothing, time);
  }

  @Test
  void goesOnFromTheGateWhenTheWaitIsOver() {
    FakeClient client = client();
    List<Long> came = new ArrayList<>();
    Walk walk =
        new Walk(
            List.of(
                station(gates(gate("slow", 1_500_000), gate("quick", 10))),
                call -> {
                  came.add(time.nanoTime());
                  return Wait.NONE;
                }));

    client.turn(() -> walk.goOn(client.call));

    assertThat(came).isEmpty();
    client.passTime();
    assertThat(came).isEmpty();
    client.passTime();
    assertThat(came).containsExactly(3_500_008L);
    assertThat(client.call.hasEnded()).isTrue();
  }

  @Test
  void refusesWhomThereIsNoRoomFor() {
    FakeClient client = client();
    WaitingGates waiting = new WaitingGates(gates(gate("full", 0)), time);
    Walk walk = new Walk(List.of(new PassGates(gates(gate("rate", 5)), waiting, time)));

    client.turn(() -> walk.goOn(client.call));

    assertThat(client.refusals).containsExactly("full");
    assertThat(client.call.hasEnded()).isTrue();
    assertThat(book)
        .as("it took nothing at the gate where it would have waited")
        .containsExactly("full entered at " + time.nanoTime());
    assertThat(client.isAtRest()).isTrue();
  }

  /** One that is neither a watch nor long. */
  @Test
  void allocatesNothingForAnOrdinaryRequest() throws RefusedException {
    var thread = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    Call call = client().call;
    call.understood(
        SomeHead.saysNothing(),
        new Understood(
            null,
            RequestInfoParser.parse("GET", RequestTarget.parse("/api/v1/namespaces/a/pods/b")),
            "",
            0,
            0));
    Gates gates =
        new Gates(new RequestLimits(10, 1, 1, 1, 1, 1), RateLimits.none(), Outage.never(), time);
    List<PassGates> stations = List.of(gates.beforeIdentity(), gates.afterIdentity());
    passThrough(stations, call, 1_000);
    long before = thread.getCurrentThreadAllocatedBytes();
    passThrough(stations, call, 100_000);
    assertThat(thread.getCurrentThreadAllocatedBytes() - before)
        .as("bytes of 100,000 requests")
        .isLessThan(100_000);
  }

  private static void passThrough(List<PassGates> stations, Call call, int times)
      throws RefusedException {
    for (int i = 0; i < times; i++) {
      for (int station = 0; station < stations.size(); station++) {
        if (stations.get(station).at(call) != Wait.NONE) {
          throw new AssertionError("waits");
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void tellsEachGateOnceInReverseOrderWhateverHappens(long seed) {
    Random random = new Random(seed);
    TreeMap<String, Integer> ends = new TreeMap<>();
    int refunds = 0;
    for (int i = 0; i < WALKS; i++) {
      Try one = new Try(random.nextLong());
      ends.merge(one.play(), 1, Integer::sum);
      refunds += one.ledger.refunds();
    }
    assertThat(ends).containsOnlyKeys("served", "refused", "defect", "left");
    assertThat(ends.values()).allMatch(times -> times > WALKS / 100);
    assertThat(refunds).isGreaterThan(WALKS / 100);
  }

  private final class Try {
    private final Random random;
    private final FakeClient client;
    private final Call call;
    private final GateLedger ledger;
    private @Nullable Wait queue;

    Try(long seed) {
      this.random = new Random(seed);
      this.client = new FakeClient(time, Reporter.NONE, "seed " + seed);
      this.call = client.call;
      this.ledger = new GateLedger(random, call, time::nanoTime, "seed " + seed);
    }

    String play() {
      WaitingGates waiting = new WaitingGates(new GateChain(List.of()), time);
      Walk walk =
          new Walk(
              List.of(
                  new PassGates(ledger.chain(), waiting, time),
                  this::perhapsWait,
                  new PassGates(ledger.chain(), waiting, time),
                  this::perhapsWait));
      client.turn(() -> walk.goOn(call));
      while (!call.hasEnded() || !client.isAtRest()) {
        client.turn(this::somethingHappens);
        client.runTurns();
      }
      ledger.expectNothingLeft();
      return client.defects > 0
          ? "defect"
          : client.account.end() == Account.End.LEFT
              ? "left"
              : client.refusals.isEmpty() ? "served" : "refused";
    }

    private Wait perhapsWait(Call at) throws RefusedException {
      switch (random.nextInt(16)) {
        case 0 -> throw new RefusedException(429, "TooManyRequests", "queue-full", "message");
        case 1 -> throw new GateLedger.Thrown();
        case 2, 3, 4, 5 -> {
          Wait wait = new Wait() {};
          queue = wait;
          return wait;
        }
        default -> {}
      }
      return Wait.NONE;
    }

    private void somethingHappens() {
      switch (random.nextInt(16)) {
        case 0 -> client.leave();
        case 1 -> call.giveWay();
        case 2 -> call.refuseIfWaiting();
        case 3 -> throw new GateLedger.Thrown();
        case 4, 5, 6, 7 -> {
          Wait waited = queue;
          if (waited != null && random.nextInt(4) == 0) {
            waited.refuse(new RefusedException(429, "TooManyRequests", "time-out", "message"));
          } else if (waited != null) {
            waited.goOn();
          }
        }
        default -> client.passTime();
      }
    }
  }
}
