package io.apfproxy.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("S97")
@DisplayName("Entries that wait for their lines (V-90)")
class EntryQueueTest {
  private static final int THREADS = 4;
  private static final int EACH = 100_000;

  @Test
  void areTakenInTheirOrderAsOftenAsItIsFilled() {
    EntryQueue<Integer> queue = new EntryQueue<>(10);
    List<Integer> taken = new ArrayList<>();
    for (int round = 0; round < 100; round++) {
      for (int i = 0; i < 10; i++) {
        assertThat(queue.add(round * 10 + i)).isTrue();
      }
      assertThat(queue.add(-1)).as("there is no room").isFalse();
      assertThat(queue.size()).isEqualTo(10);
      queue.take(taken, 3);
      assertThat(queue.size()).isEqualTo(7);
      queue.take(taken, 100);
      assertThat(queue.size()).isZero();
    }
    queue.take(taken, 100);
    assertThat(taken).isEqualTo(IntStream.range(0, 1_000).boxed().toList());
  }

  @Test
  void ofManyThreadsAreTakenOnceEachInTheOrderOfTheirThread() throws Exception {
    EntryQueue<int[]> queue = new EntryQueue<>(100);
    AtomicInteger refused = new AtomicInteger();
    int[] lastOf = new int[THREADS];
    List<Future<?>> adding = new ArrayList<>();
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    for (int t = 0; t < THREADS; t++) {
      int thread = t;
      adding.add(
          threads.submit(
              () -> {
                for (int i = 1; i <= EACH; i++) {
                  if (!queue.add(new int[] {thread, i})) {
                    refused.incrementAndGet();
                    Thread.onSpinWait();
                  }
                }
              }));
    }
    int taken = 0;
    boolean over = false;
    List<int[]> batch = new ArrayList<>();
    while (!over || queue.size() > 0) {
      over = adding.stream().allMatch(Future::isDone);
      queue.take(batch, 7);
      assertThat(queue.size()).isBetween(0, 100);
      for (int[] one : batch) {
        assertThat(one[1]).isGreaterThan(lastOf[one[0]]);
        lastOf[one[0]] = one[1];
      }
      taken += batch.size();
      batch.clear();
    }
    for (Future<?> thread : adding) {
      thread.get();
    }
    threads.shutdown();
    assertThat(taken + refused.get()).isEqualTo(THREADS * EACH);
  }

  /** Nobody would ever take it: who writes the lines has left, as there were none. */
  @Test
  void areAllInWhenItIsClosed() throws Exception {
    for (int round = 0; round < 1_000; round++) {
      EntryQueue<String> queue = new EntryQueue<>(EACH);
      AtomicInteger added = new AtomicInteger();
      Thread adding =
          new Thread(
              () -> {
                while (queue.add("line")) {
                  added.incrementAndGet();
                }
              });
      adding.start();
      while (queue.size() == 0) {
        Thread.onSpinWait();
      }
      queue.close();
      int in = queue.size();
      adding.join();
      assertThat(added).as("in round " + round).hasValue(in);
    }
  }
}
