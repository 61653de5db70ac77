package io.apfproxy.server.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Connections begin their requests in turns, and those that have left begin none. */
@Tag("S33")
class ArrivalsTest {
  private final Deque<Runnable> turns = new ArrayDeque<>();
  private final List<String> begun = new ArrayList<>();
  private final Set<String> gone = new HashSet<>();
  private long headBytes = 1_000;
  private Runnable whileItBegins = () -> {};
  private final ArrivedBytes all = new ArrivedBytes(2);
  private final Arrivals arrivals = new Arrivals(turns::add, all);

  private final class Request implements Arrivals.Arrival {
    private final String name;

    Request(String name) {
      this.name = name;
    }

    @Override
    public boolean isGone() {
      return gone.contains(name);
    }

    @Override
    public long bytes() {
      return headBytes;
    }

    @Override
    public void begin() {
      begun.add(name);
      whileItBegins.run();
    }
  }

  private void come(Arrivals.Line connection, String... requests) {
    for (String request : requests) {
      arrivals.add(connection, new Request(request));
    }
  }

  /** Runs what is to be run once all that was read has been decoded. */
  private void turn() {
    assertThat(turns).hasSize(1);
    turns.remove().run();
  }

  @Test
  void beginsWhenAllThatWasReadHasBeenDecoded() {
    come(new Arrivals.Line(), "a1", "a2");
    assertThat(begun).isEmpty();
    turn();
    assertThat(begun).containsExactly("a1", "a2");
    assertThat(turns).isEmpty();
  }

  @Test
  void beginsEarlierWhereItIsToldTo() {
    come(new Arrivals.Line(), "a1", "a2");
    arrivals.beginAll();
    assertThat(begun).containsExactly("a1", "a2");
    turn();
    assertThat(begun).containsExactly("a1", "a2");
    come(new Arrivals.Line(), "b1");
    turn();
    assertThat(begun).endsWith("b1");
  }

  @Test
  void beginsNoneThatHasLeft() {
    gone.addAll(List.of("a1", "a2", "b1", "b3"));
    come(new Arrivals.Line(), "a1", "a2");
    come(new Arrivals.Line(), "b1", "b2", "b3");
    turn();
    assertThat(begun).containsExactly("b2");
  }

  @Test
  void letsConnectionsTakeTurns() {
    come(new Arrivals.Line(), "a1", "a2", "a3");
    come(new Arrivals.Line(), "b1");
    come(new Arrivals.Line(), "c1", "c2");
    turn();
    assertThat(begun).containsExactly("a1", "b1", "c1", "a2", "c2", "a3");
  }

  @Test
  void takesOneThatComesWhileAnotherBegins() {
    Arrivals.Line connection = new Arrivals.Line();
    whileItBegins =
        () -> {
          if (begun.size() < 3) {
            come(connection, "a" + (begun.size() + 1));
          }
        };
    come(connection, "a1");
    turn();
    assertThat(begun).containsExactly("a1", "a2", "a3");
    assertThat(turns).isEmpty();
    come(connection, "a4");
    turn();
    assertThat(begun).hasSize(4);
  }

  @Test
  void beginsTheOthersWhenOneThrows() {
    whileItBegins =
        () -> {
          whileItBegins = () -> {};
          throw new IllegalStateException("a defect");
        };
    come(new Arrivals.Line(), "a1", "a2");
    come(new Arrivals.Line(), "b1");
    assertThatThrownBy(this::turn).isInstanceOf(IllegalStateException.class);
    turn();
    assertThat(begun).containsExactly("a1", "b1", "a2");
  }

  @Test
  void beginsAtOnceWhatItHasNoRoomFor() {
    headBytes = 1 << 20;
    Arrivals.Line connection = new Arrivals.Line();
    for (int i = 0; i < 64 + 16; i++) {
      come(connection, "waits");
    }
    assertThat(begun).isEmpty();
    come(connection, "at once");
    assertThat(begun).containsExactly("at once");
    Bound shown = all.bound();
    assertThat(shown.limit()).as("of two event loops").isEqualTo(32 << 20);
    assertThat(shown.used()).returns(16L << 20, LongSupplier::getAsLong);
    assertThat(shown.overflows().getAsLong()).isOne();
    turn();
    assertThat(shown.used()).returns(0L, LongSupplier::getAsLong);
    assertThat(begun).hasSize(64 + 17);
    come(connection, "waits");
    assertThat(begun).as("there is room again").hasSize(64 + 17);
  }
}
