package io.apfproxy.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Or a stranger's handshakes would keep those of all others waiting. */
@Tag("S53")
class TasksInTurnTest {
  private final Queue<Runnable> thread = new ArrayDeque<>();
  private final TasksInTurn tasks = new TasksInTurn(thread::add);
  private final List<String> computed = new ArrayList<>();

  private void ask(String peer, String task) {
    tasks.of(peer).execute(() -> computed.add(task));
  }

  private void work(int number) {
    for (int i = 0; i < number; i++) {
      thread.remove().run();
    }
  }

  @Test
  void letsThePeersTakeTurns() {
    for (int i = 1; i <= 3; i++) {
      ask("10.0.0.1", "many " + i);
    }
    work(1);
    ask("10.0.0.2", "other");
    ask("10.0.0.3", "third");
    work(4);
    assertThat(computed).containsExactly("many 1", "many 2", "other", "third", "many 3");
    assertThat(thread).isEmpty();
  }

  @Test
  void computesWhatIsAskedForLater() {
    ask("10.0.0.1", "first");
    work(1);
    ask("10.0.0.1", "second");
    work(1);
    assertThat(computed).containsExactly("first", "second");
  }
}
