package io.apfproxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

class LoopWaitsTest {
  private final Queue<Runnable> first = new ArrayDeque<>();
  private final Queue<Runnable> second = new ArrayDeque<>();
  private long now;
  private final LoopWaits waits =
      new LoopWaits(List.<Executor>of(first::add, second::add), () -> now);

  @Test
  void areAsLongAsALoopTakesToGetThere() {
    LoopWaits.Wait wait = waits.ask();
    now = 5;
    first.remove().run();
    now = 100;

    assertThat(wait.nanos()).isEqualTo(5);
  }

  @Test
  void lastUntilNowWhereALoopHasNotGotThere() {
    LoopWaits.Wait wait = waits.ask();
    now = 7;
    assertThat(wait.nanos()).isEqualTo(7);
    now = 9;
    assertThat(wait.nanos()).isEqualTo(9);
  }

  @Test
  void areAskedOfEachLoopInTurn() {
    for (int i = 0; i < 5; i++) {
      waits.ask();
    }

    assertThat(first).hasSize(3);
    assertThat(second).hasSize(2);
  }
}
