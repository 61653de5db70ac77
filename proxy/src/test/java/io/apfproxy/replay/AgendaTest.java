package io.apfproxy.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Order of V-45: by instant, then by turn, then as it was put down. */
class AgendaTest {
  private record Entry(long nanos, Turn turn, int order, List<Entry> happened) implements Event {
    @Override
    public void happen(Turn itsTurn) {
      assertThat(itsTurn).isEqualTo(turn);
      happened.add(this);
    }
  }

  @Test
  void keepsTheOrderOfAPlainQueue() {
    SplittableRandom random = new SplittableRandom(45);
    Agenda agenda = new Agenda();
    PriorityQueue<Entry> model =
        new PriorityQueue<>(
            Comparator.comparingLong(Entry::nanos)
                .thenComparing(Entry::turn)
                .thenComparingInt(Entry::order));
    List<Entry> happened = new ArrayList<>();
    List<Entry> expected = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      Turn turn = Turn.ofRank(random.nextInt(5));
      Entry entry = new Entry(random.nextLong(50), turn, i, happened);
      agenda.add(entry.nanos(), turn, entry);
      model.add(entry);
      if (random.nextInt(3) == 0 || i % 2_000 == 1_999) {
        for (int takes = i % 2_000 == 1_999 ? model.size() : 2; takes > 0; takes--) {
          if (!model.isEmpty()) {
            Entry next = model.remove();
            expected.add(next);
            assertThat(agenda.nextInstant()).isEqualTo(next.nanos());
            Turn its = agenda.nextTurn();
            agenda.take().happen(its);
          }
        }
      }
    }
    assertThat(agenda.isEmpty()).isEqualTo(model.isEmpty());
    assertThat(happened).isEqualTo(expected);
  }
}
