package io.apfproxy.server.walk;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.gate.GateLedger;
import io.apfproxy.report.Account;
import io.apfproxy.report.Reporter;
import io.apfproxy.request.RefusedException;
import io.apfproxy.time.ManualTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random walks over stations that go on, wait, refuse or throw, with clients that leave at any
 * moment: whatever happens, all that was taken goes back once, the last taken first, there is at
 * most one answer and one end, and then, once, the account.
 */
@Tag("S50")
class WalkTest {
  private static final int WALKS = 40_000;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void givesAllBackOnceInReverseOrderAndEndsOnce(long seed) {
    Random random = new Random(seed);
    TreeMap<String, Integer> ends = new TreeMap<>();
    for (int i = 0; i < WALKS; i++) {
      long own = random.nextLong();
      String end = new Try(own).play();
      ends.merge(end, 1, Integer::sum);
    }
    assertThat(ends).containsOnlyKeys("served", "refused", "defect", "left");
    assertThat(ends.values()).allMatch(times -> times > WALKS / 100);
  }

  /** One walk of one request. Everything it does follows from its seed. */
  private static final class Try implements Reporter {
    private final long seed;
    private final Random random;
    private final Deque<Integer> held = new ArrayDeque<>();
    private final List<FakeWait> waits = new ArrayList<>();
    private final FakeClient client;
    private final Call call;
    private int taken;
    private int ended;
    private int told;
    private boolean thrownWhileGivingBack;

    Try(long seed) {
      this.seed = seed;
      this.random = new Random(seed);
      this.client = new FakeClient(new ManualTime(), this, "seed " + seed);
      this.call = client.call;
    }

    String play() {
      List<Station> stations = new ArrayList<>();
      for (int i = random.nextInt(6); i >= 0; i--) {
        stations.add(this::station);
      }
      Walk walk = new Walk(stations);
      call.hold(() -> ended++);
      client.turn(() -> walk.goOn(call));
      for (int step = 0; step < 30 && !call.hasEnded(); step++) {
        client.turn(this::somethingHappens);
      }
      while (!call.hasEnded() || !client.isAtRest()) {
        client.turn(this::bringToAnEnd);
      }
      return verdict();
    }

    private Wait station(Call at) throws RefusedException {
      takeSome();
      switch (random.nextInt(20)) {
        case 0 -> throw new RefusedException(429, "TooManyRequests", "rule", "message");
        case 1 -> throw new GateLedger.Thrown();
        case 2 -> client.leave();
        default -> {}
      }
      if (random.nextInt(3) == 0) {
        return Wait.NONE;
      }
      FakeWait wait = new FakeWait();
      waits.add(wait);
      if (random.nextInt(6) == 0) {
        wait.goOn();
      } else if (random.nextInt(12) == 0) {
        wait.refuse(new RefusedException(403, "Forbidden", "rule", "message"));
      }
      return wait;
    }

    private void takeSome() {
      for (int i = random.nextInt(3); i > 0; i--) {
        call.hold(take());
      }
    }

    private Runnable take() {
      int number = taken++;
      held.push(number);
      boolean throwing = random.nextInt(200) == 0;
      return () -> {
        assertThat(held).as("seed %s: held", seed).isNotEmpty();
        assertThat(held.pop()).as("seed %s: the last taken", seed).isEqualTo(number);
        if (throwing) {
          thrownWhileGivingBack = true;
          throw new GateLedger.Thrown();
        }
      };
    }

    private void somethingHappens() {
      switch (random.nextInt(10)) {
        case 0 -> client.leave();
        case 1 -> call.giveWay();
        case 2 -> call.finishWatch();
        case 3 -> {
          if (random.nextInt(5) == 0) {
            call.refuseIfWaiting();
          }
        }
        case 4 -> {
          if (random.nextInt(5) == 0) {
            throw new GateLedger.Thrown();
          }
        }
        case 5 -> client.passTime();
        case 6 -> {
          if (random.nextInt(5) == 0) {
            call.giveUp(new RefusedException(400, "BadRequest", "rule", "message"));
          }
        }
        default -> endWait();
      }
      client.runTurns();
    }

    private void bringToAnEnd() {
      if (!call.hasEnded()) {
        endWait();
      }
      client.passTime();
      client.runTurns();
    }

    private void endWait() {
      if (!waits.isEmpty()) {
        FakeWait last = waits.get(waits.size() - 1);
        if (random.nextInt(6) == 0) {
          last.refuse(new RefusedException(503, "ServiceUnavailable", "rule", "message"));
        } else {
          last.goOn();
        }
      }
    }

    private String verdict() {
      assertThat(held).as("seed %s: not given back", seed).isEmpty();
      assertThat(ended).as("seed %s: ends", seed).isEqualTo(1);
      assertThat(told).as("seed %s: accounts", seed).isEqualTo(1);
      int refusals = client.refusals.size();
      int defects = client.defects;
      assertThat(refusals).as("seed %s: refusals", seed).isLessThanOrEqualTo(1);
      assertThat(defects).as("seed %s: answers of defects", seed).isLessThanOrEqualTo(1);
      assertThat(refusals + defects < 2 || thrownWhileGivingBack)
          .as("seed %s: one answer", seed)
          .isTrue();
      return switch (client.account.end()) {
        case REFUSED -> {
          assertThat(refusals).as("seed %s: refusals", seed).isEqualTo(1);
          yield "refused";
        }
        case LEFT -> {
          assertThat(client.left).as("seed %s: left", seed).isTrue();
          yield "left";
        }
        default -> {
          assertThat(refusals).as("seed %s: refusals", seed).isZero();
          yield defects > 0 ? "defect" : "served";
        }
      };
    }

    @Override
    public void ended(Account of) {
      assertThat(of).isSameAs(client.account);
      assertThat(held).as("seed %s: held when told", seed).isEmpty();
      assertThat(ended).as("seed %s: ended when told", seed).isEqualTo(1);
      told++;
      if (random.nextInt(200) == 0) {
        thrownWhileGivingBack = true;
        throw new GateLedger.Thrown();
      }
    }

    /** Waits in every way there is: with things of its own, ending at once or a turn later. */
    private final class FakeWait extends Wait {
      private final boolean slow = random.nextBoolean();

      @Override
      void begin() throws RefusedException {
        if (random.nextInt(15) == 0) {
          throw new RefusedException(429, "TooManyRequests", "queue-full", "message");
        }
        if (random.nextInt(40) == 0) {
          throw new GateLedger.Thrown();
        }
        if (random.nextBoolean()) {
          hold(take());
        }
        call.limit(this, 1);
      }

      @Override
      void cancel() {
        RefusedException timeOut = new RefusedException(503, "Timeout", "time-out", "message");
        if (slow) {
          client.run(() -> refuse(timeOut));
        } else {
          refuse(timeOut);
        }
      }

      @Override
      boolean finish(String rule) {
        cancel();
        return true;
      }
    }
  }
}
