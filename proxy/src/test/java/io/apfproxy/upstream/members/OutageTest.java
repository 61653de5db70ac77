package io.apfproxy.upstream.members;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.budget.RampedBudget;
import io.apfproxy.time.ManualTime;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("L-91")
@Tag("L-92")
class OutageTest {
  private static final Duration HOLD = Duration.ofSeconds(15);

  private final ManualTime time = new ManualTime();
  private final List<String> seen = new ArrayList<>();
  private final Deque<Integer> backs = new ArrayDeque<>();
  private final Outage outage =
      new Outage(
          HOLD,
          time::nanoTime,
          new Outage.Listener() {
            @Override
            public void pulseWanted() {
              seen.add("pulse wanted");
            }

            @Override
            public void down() {
              seen.add("down");
            }

            @Override
            public void back(Outage of, long awayNanos) {
              seen.add("back");
              backs.add((int) Duration.ofNanos(awayNanos).toSeconds());
            }
          });

  private Outage.Place hold(String name, int seats) {
    return outage.hold(seats, () -> seen.add(name), () -> seen.add(name + " in vain"));
  }

  private void goDown() {
    for (int i = 0; i < 3; i++) {
      outage.pulseMissed();
      time.advance(Duration.ofSeconds(1));
    }
    outage.pulseMissed();
    assertThat(outage.isDown()).isTrue();
  }

  @Test
  void sendsThoseInHandInTheirOrderWhenAPulseIsAnswered() {
    outage.foundNobody();
    hold("a", 1);
    hold("b", 7);
    hold("c", 1);
    assertThat(outage.isClosed()).isTrue();
    assertThat(outage.waiting()).isEqualTo(3);
    time.advance(Duration.ofSeconds(1));

    outage.pulseAnswered();

    assertThat(seen).containsExactly("pulse wanted", "a", "b", "c");
    assertThat(outage.isClosed()).isFalse();
    assertThat(outage.waiting()).isZero();
  }

  @Test
  void givesUpWithAllInHandWhenTheirTimeIsOverAndRefusesNewOnes() {
    goDown();
    hold("a", 1);
    time.advance(Duration.ofSeconds(11));
    hold("b", 1);
    assertThat(outage.isRefusing()).isFalse();
    time.advance(Duration.ofSeconds(2));

    outage.pulseMissed();

    assertThat(seen).containsExactly("down", "a in vain", "b in vain");
    assertThat(outage.isRefusing()).isTrue();
    assertThat(hold("c", 1)).isNull();
    outage.pulseAnswered();
    assertThat(outage.isRefusing()).isFalse();
    assertThat(backs).containsExactly(16);
    assertThat(outage.returns()).isOne();
  }

  @Test
  void doesNotRefuseForPulsesAloneWhileHeadsCome() {
    for (int i = 0; i < 60; i++) {
      outage.pulseMissed();
      time.advance(Duration.ofSeconds(1));
      outage.headCame();
    }
    assertThat(outage.isDown()).isFalse();
    assertThat(outage.isClosed()).isFalse();
    assertThat(outage.isRefusing()).isFalse();
  }

  @Test
  void letsThemGoWithTheHeadOfAnotherIfOnlyOneExchangeFoundNobody() {
    outage.foundNobody();
    hold("a", 1);

    outage.headCame();

    assertThat(seen).containsExactly("pulse wanted", "a");
  }

  @Test
  void letsOneGoAtOnceThatComesTooLateToWait() {
    outage.foundNobody();
    outage.pulseAnswered();

    hold("a", 1);

    assertThat(seen).containsExactly("pulse wanted", "a");
  }

  @Test
  void tellsOnceThatRequestsWouldBeSentInVain() {
    outage.whenClosed(() -> seen.add("a"));
    outage.whenClosed(() -> seen.add("left")).run();
    outage.pulseMissed();
    assertThat(seen).as("one pulse says nothing").isEmpty();

    outage.foundNobody();
    assertThat(seen).containsExactly("a", "pulse wanted");
    Runnable left = outage.whenClosed(() -> seen.add("b"));
    assertThat(seen).containsExactly("a", "pulse wanted", "b");
    left.run();

    outage.pulseAnswered();
    outage.whenClosed(() -> seen.add("c"));
    goDown();
    assertThat(seen).containsExactly("a", "pulse wanted", "b", "c", "down");
  }

  @Test
  void holdsNobodyWithoutATimeToHold() {
    Outage off = new Outage(Duration.ZERO, time::nanoTime, new Outage.Listener() {});
    off.foundNobody();
    assertThat(off.isClosed()).isFalse();
    off.whenClosed(() -> seen.add("closed"));
    assertThat(off.hold(1, () -> {}, () -> {})).isNull();
    for (int i = 0; i < 4; i++) {
      off.pulseMissed();
      time.advance(Duration.ofSeconds(1));
    }
    assertThat(off.isRefusing()).isTrue();
    assertThat(seen).as("whom nobody holds fails by himself").isEmpty();
  }

  @Test
  @Tag("L-94")
  void letsSoManyBeInUseAsSeatsAllowWhenItWasDown() {
    goDown();
    seen.clear();
    Outage.Place a = hold("a", 2);
    hold("b", 2);
    hold("c", 2);
    hold("d", 9);
    Outage.Place e = hold("e", 1);

    outage.pulseAnswered();
    assertThat(seen).as("not known yet how many").containsExactly("back");
    outage.letGo(4);
    assertThat(seen).containsExactly("back", "a", "b");
    a.close();
    a.close();
    assertThat(seen).containsExactly("back", "a", "b", "c");
    e.close();
    outage.letGo(Integer.MAX_VALUE);
    assertThat(seen).as("e has left").containsExactly("back", "a", "b", "c", "d");
  }

  @Test
  @Tag("L-94")
  void letsOneGoAloneThatIsWiderThanAllSeatsThereAre() {
    goDown();
    seen.clear();
    Outage.Place wide = hold("wide", 50);
    hold("next", 1);
    outage.pulseAnswered();
    outage.letGo(3);
    assertThat(seen).containsExactly("back", "wide");
    wide.close();
    assertThat(seen).containsExactly("back", "wide", "next");
  }

  /** Nobody is forgotten, told twice, or sent while seats or the upstream are missing. */
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4})
  @Tag("L-94")
  void tellsEachOnceWhateverHappens(long seed) {
    Random random = new Random(seed);
    RampedBudget budget = new RampedBudget(3, 60, time);
    Outage[] self = new Outage[1];
    self[0] =
        new Outage(
            HOLD,
            time::nanoTime,
            new Outage.Listener() {
              @Override
              public void back(Outage of, long awayNanos) {
                budget.begin();
              }
            });
    Outage under = self[0];
    budget.onChange(n -> under.letGo(n == budget.most() ? Integer.MAX_VALUE : n));
    int[] told = new int[20_000];
    long[] out = new long[1];
    List<Runnable> open = new ArrayList<>();
    int held = 0;
    for (int i = 0; i < told.length; i++) {
      int number = i;
      switch (random.nextInt(9)) {
        case 0 -> under.pulseAnswered();
        case 1, 2, 3 -> under.pulseMissed();
        case 4 -> under.foundNobody();
        case 5 -> under.headCame();
        case 6 -> time.advance(Duration.ofMillis(random.nextInt(3_000)));
        case 7 -> {
          if (!open.isEmpty()) {
            open.remove(random.nextInt(open.size())).run();
          }
        }
        default -> {
          int seats = 1 + random.nextInt(5);
          boolean[] went = new boolean[1];
          Outage.Place place =
              under.hold(
                  seats,
                  () -> {
                    told[number]++;
                    went[0] = true;
                    out[0] += seats;
                    assertThat(under.isClosed()).isFalse();
                    assertThat(out[0]).isLessThanOrEqualTo(Math.max(seats, limit(budget)));
                  },
                  () -> told[number]++);
          if (place != null) {
            held++;
            open.add(
                () -> {
                  out[0] -= went[0] ? seats : 0;
                  went[0] = false;
                  told[number] += told[number] == 0 ? 1 : 0; // it left by itself
                  place.close();
                });
          }
        }
      }
    }
    under.pulseAnswered();
    time.advance(Duration.ofMinutes(1));
    open.forEach(Runnable::run);
    assertThat(under.waiting()).isZero();
    assertThat(IntStream.of(told).max()).as("%d were held", held).hasValue(1);
    assertThat(held).isGreaterThan(500);
  }

  private static long limit(RampedBudget budget) {
    return budget.seats() == budget.most() ? Long.MAX_VALUE : budget.seats();
  }
}
