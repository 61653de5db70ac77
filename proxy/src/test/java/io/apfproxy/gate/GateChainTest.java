package io.apfproxy.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.apfproxy.request.RefusedException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Specification limits.md L-02 to L-04. */
class GateChainTest {
  private static final int WALKS = 40_000;

  private final FakeAsked asked = new FakeAsked("alice");
  private final List<String> book = new ArrayList<>();

  private static Passage begin(Asked asked, Gate... gates) {
    Passage passage = new GateChain(Arrays.asList(gates)).passage(asked);
    assertThat(passage).isNotNull();
    return passage;
  }

  /** Where there is room to wait. */
  private static long goOn(Passage passage, long now) throws RefusedException {
    long wait = passage.goOn(now);
    if (wait > 0) {
      passage.mayWait();
      wait = passage.goOn(now);
    }
    return wait;
  }

  private Gate gate(String name) {
    return gate(name, 0);
  }

  private Gate gate(String name, long wait) {
    return new RecordedGate(name, wait, book);
  }

  /** As most requests are. */
  private static final class Unconcerned implements Gate {
    @Override
    public boolean concerns(Asked who) {
      return false;
    }

    @Override
    public long enter(Asked who, long now) {
      throw new AssertionError("does not concern it");
    }

    @Override
    public void leave(Asked who) {
      throw new AssertionError("was not entered");
    }
  }

  @Test
  void asksNoGateThatDoesNotConcernIt() throws RefusedException {
    assertThat(new GateChain(List.of()).passage(asked)).isNull();
    assertThat(new GateChain(List.of(new Unconcerned())).passage(asked)).isNull();

    Passage passage = begin(asked, new Unconcerned(), gate("place"), new Unconcerned());
    assertThat(passage.goOn(5)).isZero();
    passage.giveBack();

    assertThat(book).containsExactly("place entered at 5", "place left");
  }

  @Test
  void allocatesNothingForARequestThatNoGateConcerns() {
    var thread = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    GateChain chain = new GateChain(List.of(new Unconcerned(), new Unconcerned()));
    int passages = passages(chain, 1_000);
    long before = thread.getCurrentThreadAllocatedBytes();
    passages += passages(chain, 100_000);
    long allocated = thread.getCurrentThreadAllocatedBytes() - before;
    assertThat(passages).isZero();
    assertThat(allocated).as("bytes of 100,000 requests").isLessThan(100_000);
  }

  private int passages(GateChain chain, int times) {
    int passages = 0;
    for (int i = 0; i < times; i++) {
      passages += chain.passage(asked) == null ? 0 : 1;
    }
    return passages;
  }

  /** Nobody holds a place while he waits for a rate. */
  @Test
  void asksTheGatesBehindAWaitOnlyWhenItIsOver() throws RefusedException {
    Passage passage = begin(asked, gate("rate", 40), gate("place"));

    assertThat(goOn(passage, 100)).isEqualTo(40);
    assertThat(book).containsExactly("rate entered at 100");
    asked.waits++;
    assertThat(passage.goOn(141)).isZero();

    assertThat(book).containsExactly("rate entered at 100", "place entered at 141");
  }

  /** What it took could stay lost: others may wait behind it by then. */
  @Test
  void entersNoGateThatWouldLetItWaitAsLongAsThereIsNoRoom() throws RefusedException {
    Passage passage = begin(asked, gate("quick"), gate("rate", 40), gate("place"));

    assertThat(passage.goOn(100)).isEqualTo(40);

    asked.refused = true;
    passage.giveBack();
    assertThat(book).containsExactly("quick entered at 100", "quick refunded");
  }

  @Test
  void refundsWhatItEnteredBeforeThereWasRoom() throws RefusedException {
    Passage passage = begin(asked, gate("quick"), gate("rate", 40));
    assertThat(goOn(passage, 100)).isEqualTo(40);
    asked.refused = true;
    passage.giveBack();
    assertThat(book)
        .containsExactly(
            "quick entered at 100", "rate entered at 100", "rate refunded", "quick refunded");
  }

  @Test
  void refundsInReverseWhenALaterGateRefuses() {
    Passage passage = begin(asked, gate("one"), gate("two"), gate("full"));

    RefusedException refusal = catchThrowableOfType(RefusedException.class, () -> passage.goOn(0));

    assertThat(refusal.rule()).isEqualTo("full");
    assertThat(refusal.retryAfterSeconds()).isEqualTo(7);
    asked.refused = true;
    passage.giveBack();
    assertThat(book)
        .containsExactly(
            "one entered at 0",
            "two entered at 0",
            "full entered at 0",
            "two refunded",
            "one refunded");
  }

  @Test
  void refundsWhenFlowControlRefusesAtOnce() throws RefusedException {
    Passage passage = begin(asked, gate("rate"));
    passage.goOn(0);
    asked.refused = true;
    passage.giveBack();
    assertThat(book).containsExactly("rate entered at 0", "rate refunded");
  }

  @Test
  void refundsNothingThatARequestWaitedAfter() throws RefusedException {
    Passage passage = begin(asked, gate("slow", 1), gate("quick"));
    goOn(passage, 0);
    asked.waits++;
    passage.goOn(1);
    asked.refused = true;
    passage.giveBack();
    assertThat(book)
        .containsExactly("slow entered at 0", "quick entered at 1", "quick refunded", "slow left");
    book.clear();

    FakeAsked queued = new FakeAsked("alice");
    Passage other = begin(queued, gate("quick"));
    other.goOn(0);
    queued.waits++; // in a queue, in vain
    queued.refused = true;
    other.giveBack();
    assertThat(book).containsExactly("quick entered at 0", "quick left");
  }

  @Test
  void tellsEachGateOnceThoughAnotherThrows() throws RefusedException {
    Passage passage = begin(asked, gate("one"), gate("broken"), gate("three"));
    passage.goOn(0);
    book.clear();

    assertThatThrownBy(passage::giveBack).isInstanceOf(GateLedger.Thrown.class);
    passage.giveBack();

    assertThat(book).containsExactly("three left", "broken left", "one left");
  }

  @Test
  void holdsAsManyGatesAsALongHasBits() throws RefusedException {
    List<Gate> gates = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      gates.add(gate("gate" + i));
    }
    Passage passage = begin(asked, gates.toArray(Gate[]::new));
    passage.goOn(0);
    passage.giveBack();
    assertThat(book).hasSize(128).endsWith("gate1 left", "gate0 left").contains("gate63 left");

    gates.add(gate("one more"));
    assertThatThrownBy(() -> new GateChain(gates)).isInstanceOf(IllegalArgumentException.class);
  }

  /**
   * A bucket as rate limits will have, in virtual time: what it lets wait goes on at an instant
   * known at once, and what it refuses may come back exactly when it says.
   */
  private static final class Rate implements Gate {
    private static final long TOKEN = TimeUnit.SECONDS.toNanos(1);
    private static final long BURST = 2 * TOKEN;

    private long due;

    @Override
    public boolean concerns(Asked who) {
      return true;
    }

    @Override
    public long enter(Asked who, long now) throws RefusedException {
      long from = due - now > 0 ? due : now;
      long wait = Math.max(0, from - now - (BURST - TOKEN));
      long tooLong = wait - (who.waitsUntil() - now);
      if (tooLong > 0) {
        throw new RefusedException(429, "TooManyRequests", "rate-limit", "too many requests")
            .retryAfter((int) ((tooLong + TOKEN - 1) / TOKEN));
      }
      if (wait == 0) {
        due = from + TOKEN;
      }
      return wait;
    }

    @Override
    public long enterWaiting(Asked who, long now) throws RefusedException {
      long wait = enter(who, now);
      if (wait > 0) {
        due += TOKEN;
      }
      return wait;
    }

    @Override
    public void refund(Asked who) {
      due -= TOKEN;
    }

    @Override
    public void leave(Asked who) {}
  }

  @Test
  void letsARateMakeWaitRefuseAndTakeBackItsToken() throws RefusedException {
    Rate rate = new Rate();
    FakeAsked[] all = new FakeAsked[6];
    for (int i = 0; i < all.length; i++) {
      all[i] = new FakeAsked("alice");
      all[i].waitsUntil = 2 * Rate.TOKEN;
    }
    assertThat(begin(all[0], rate).goOn(0)).isZero();
    assertThat(begin(all[1], rate).goOn(0)).isZero();
    assertThat(goOn(begin(all[2], rate), 0)).isEqualTo(Rate.TOKEN);
    Passage last = begin(all[3], rate);
    assertThat(goOn(last, 0)).isEqualTo(2 * Rate.TOKEN);

    RefusedException refusal =
        catchThrowableOfType(RefusedException.class, () -> begin(all[4], rate).goOn(0));
    assertThat(refusal.retryAfterSeconds()).isEqualTo(1);
    all[3].refused = true; // before its wait began
    last.giveBack();
    assertThat(begin(all[5], rate).goOn(0)).as("the token is back").isEqualTo(2 * Rate.TOKEN);
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
    assertThat(ends).containsOnlyKeys("served", "refused", "thrown", "left");
    assertThat(ends.values()).allMatch(times -> times > WALKS / 100);
    assertThat(refunds).isGreaterThan(WALKS / 100);
  }

  /** One request through the gates before it is known who asks, those after, and a queue. */
  private static final class Try {
    private final Random random;
    private final FakeAsked asked = new FakeAsked("alice");
    private final GateLedger ledger;
    private long now;

    Try(long seed) {
      this.random = new Random(seed);
      this.now = Long.MAX_VALUE - random.nextInt(1_000_000_000); // it may overflow on the way
      this.ledger = new GateLedger(random, asked, () -> now, "seed " + seed);
    }

    String play() {
      Passage before = ledger.chain().passage(asked);
      Passage after = ledger.chain().passage(asked);
      String end;
      try {
        end = passes(before) && waits() && passes(after) && waits() ? "served" : "left";
        if (end.equals("served") && random.nextInt(4) == 0) {
          throw new RefusedException(429, "TooManyRequests", "time-out", "message");
        }
      } catch (RefusedException refusal) {
        asked.refused = true;
        end = "refused";
      } catch (GateLedger.Thrown thrown) {
        end = "thrown";
      }
      giveBack(after);
      giveBack(before);
      giveBack(after);
      ledger.expectNothingLeft();
      return end;
    }

    /** False if the client leaves. */
    private boolean passes(@Nullable Passage passage) throws RefusedException {
      long wait = passage == null ? 0 : passage.goOn(now);
      if (passage != null && wait > 0) {
        if (random.nextInt(8) == 0) {
          throw new RefusedException(429, "TooManyRequests", "no-room", "message");
        }
        passage.mayWait();
        wait = passage.goOn(now);
      }
      while (passage != null && wait > 0) {
        asked.waits++;
        if (random.nextInt(8) == 0) {
          return false;
        }
        now += wait + random.nextInt(1_000_000);
        wait = passage.goOn(now);
      }
      return true;
    }

    /** For who asks, or for seats. */
    private boolean waits() {
      if (random.nextBoolean()) {
        asked.waits++;
        now += random.nextInt(1_000_000_000);
        return random.nextInt(8) > 0;
      }
      return true;
    }

    private static void giveBack(@Nullable Passage passage) {
      if (passage != null) {
        try {
          passage.giveBack();
        } catch (GateLedger.Thrown thrown) {
          passage.giveBack();
        }
      }
    }
  }
}
