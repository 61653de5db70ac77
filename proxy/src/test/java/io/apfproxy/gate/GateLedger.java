package io.apfproxy.gate;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.request.RefusedException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.function.LongSupplier;

/**
 * Gates that let one request go on, let it wait, refuse it, or throw, at random; and the book of
 * which of them it entered and has not left. They fail when they are told twice, out of order, or
 * of a refund that is none.
 */
public final class GateLedger {
  /** What is thrown on purpose. */
  public static final class Thrown extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public Thrown() {
      super("thrown on purpose", null, false, false);
    }
  }

  private record Entry(Gate gate, int waits) {}

  private final Random random;
  private final Asked asked;
  private final LongSupplier now;
  private final String label;
  private final Deque<Entry> entries = new ArrayDeque<>();
  private int refunds;
  private boolean refuses;

  /**
   * @param now what each gate is to be told
   * @param label for failures
   */
  public GateLedger(Random random, Asked asked, LongSupplier now, String label) {
    this.random = random;
    this.asked = asked;
    this.now = now;
    this.label = label;
  }

  /** One chain, of some gates or none. */
  public GateChain chain() {
    List<Gate> gates = new ArrayList<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      gates.add(new RandomGate());
    }
    return new GateChain(gates);
  }

  /** Whether each gate that was entered was told of the end. */
  public void expectNothingLeft() {
    assertThat(entries).as("%s: still entered", label).isEmpty();
  }

  /** How many of them were refunds. */
  public int refunds() {
    return refunds;
  }

  private final class RandomGate implements Gate {
    private final boolean concerns = random.nextInt(3) > 0;
    private final boolean leavingThrows = random.nextInt(100) == 0;

    @Override
    public boolean concerns(Asked who) {
      return concerns;
    }

    @Override
    public long enter(Asked who, long at) throws RefusedException {
      assertThat(who).isSameAs(asked);
      assertThat(at).as("%s: now", label).isEqualTo(now.getAsLong());
      switch (random.nextInt(20)) {
        case 0, 1 -> {
          refuses = true;
          throw new RefusedException(429, "TooManyRequests", "rule", "message").retryAfter(3);
        }
        case 2 -> throw new Thrown();
        default -> {}
      }
      if (random.nextInt(4) == 0) {
        return 1L + random.nextInt(1_000_000_000); // it comes again if there is room
      }
      entries.push(new Entry(this, asked.waits()));
      return 0;
    }

    @Override
    public long enterWaiting(Asked who, long at) throws RefusedException {
      long wait = enter(who, at);
      if (wait > 0) {
        entries.push(new Entry(this, asked.waits()));
      }
      return wait;
    }

    @Override
    public void refund(Asked who) {
      refunds++;
      told(who, true);
    }

    @Override
    public void leave(Asked who) {
      told(who, false);
    }

    private void told(Asked who, boolean refund) {
      assertThat(who).isSameAs(asked);
      assertThat(entries).as("%s: entered", label).isNotEmpty();
      Entry last = entries.pop();
      assertThat(last.gate).as("%s: the last entered", label).isSameAs(this);
      assertThat(refund)
          .as("%s: a refund", label)
          .isEqualTo((refuses || asked.isRefused()) && last.waits == asked.waits());
      if (leavingThrows && !refuses) {
        throw new Thrown();
      }
    }
  }
}
