package io.apfproxy.upstream.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class PiecesTest {
  private final Deque<Runnable> turns = new ArrayDeque<>();
  private final List<String> passed = new ArrayList<>();
  private final Pieces pieces = new Pieces(turns::add, all -> passed.add(all.toString()));

  private void come(String... texts) {
    for (String text : texts) {
      pieces.add(Buffer.buffer(text));
    }
  }

  private void turn() {
    assertThat(turns).hasSize(1);
    turns.remove().run();
  }

  @Test
  void ofOneTurnGoOnTogether() {
    come("a", "b", "c");
    assertThat(passed).isEmpty();
    turn();
    come("d");
    turn();
    assertThat(passed).containsExactly("abc", "d");
    assertThat(turns).isEmpty();
  }

  @Test
  void goOnAtOnceWhenTheyAreEnough() {
    come("a".repeat(Pieces.ENOUGH));
    assertThat(passed).hasSize(1);
    assertThat(turns).isEmpty();
    come("a".repeat(Pieces.ENOUGH / 2), "b".repeat(Pieces.ENOUGH / 2), "c");
    assertThat(passed).hasSize(2);
    turn();
    assertThat(passed).hasSize(3).last().isEqualTo("c");
  }

  @Test
  void areNotChanged() {
    Buffer first = Buffer.buffer("a");
    pieces.add(first);
    come("b");
    turn();
    assertThat(first).hasToString("a");
  }

  @Test
  void goOnAtOnceWhenNoMoreWillCome() {
    come("a", "b");
    pieces.flush();
    assertThat(passed).containsExactly("ab");
    turn();
    assertThat(passed).hasSize(1);
  }

  @Test
  void goNowhereOnceTheyAreDropped() {
    come("a");
    pieces.drop();
    turn();
    come("b");
    turn();
    assertThat(passed).containsExactly("b");
  }
}
