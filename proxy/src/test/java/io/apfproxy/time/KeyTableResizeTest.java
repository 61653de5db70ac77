package io.apfproxy.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A table of another size takes the place of one that is in use. Specification limits.md L-28. */
class KeyTableResizeTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private long now = Long.MAX_VALUE - SECOND; // the clock's numbers wrap within the tests

  private KeyTable table(int perSecond, int burst, int keys) {
    return new KeyTable(keys, Pace.perSecond(perSecond, burst), now);
  }

  private long take(KeyTable table, String key) {
    return table.take(KeyHash.of(key), now, 1, 0);
  }

  private int takenBy(KeyTable table, String key, int tries) {
    int taken = 0;
    for (int i = 0; i < tries; i++) {
      if (take(table, key) == 0) {
        taken++;
      }
    }
    return taken;
  }

  @Test
  void keepsOfEachKeyWhatIsMissingInATableOfAnotherSize() {
    KeyTable old = table(1, 100, 500); // so that none has to share, whatever their hashes
    for (int key = 0; key < 50; key++) {
      takenBy(old, "user" + key, 2 * key);
    }
    KeyTable larger = old.resized(5_000, now);
    assertThat(larger.most()).isEqualTo(20_000);
    for (int key = 0; key < 50; key++) {
      assertThat(takenBy(key % 2 == 0 ? larger : old, "user" + key, 200))
          .as("of %d, whichever is asked", key)
          .isEqualTo(100 - 2 * key);
    }
    assertThat(takenBy(old, "another", 200)).isEqualTo(100);
    assertThat(takenBy(larger, "another", 200)).isZero();
  }

  /** Neither those that find no room any more, nor those that come to find some. */
  @ParameterizedTest
  @CsvSource({"1, 40, 8", "2, 8, 40", "3, 100, 1", "4, 1, 100"})
  @Tag("S61")
  void givesNobodyMoreWhenItsSizeChanges(long seed, int before, int after) {
    Random random = new Random(seed);
    Pace pace = Pace.perSecond(2, 5);
    KeyTable table = new KeyTable(before, pace, now);
    long origin = now;
    Map<Integer, Long> exact = new HashMap<>();
    for (int i = 0; i < 20_000; i++) {
      now += random.nextInt(1_000_000);
      if (i % 500 == 499) {
        table = table.resized(i % 1_000 == 499 ? after : before, now);
      }
      int key = random.nextInt(150);
      if (table.take(KeyHash.of("user" + key), random.nextInt(3), now, 1, 0) >= 0) {
        long ticks = (now - origin) << Pace.TICK_BITS;
        long due = exact.getOrDefault(key, 0L);
        assertThat(pace.wait(due, ticks, 1, 0)).as("of key %d", key).isZero();
        exact.put(key, pace.after(due, ticks, 1));
      }
    }
    assertThat(table.overflows()).isPositive();
  }

  /** What one took who shares is known in several sets, which must not add up each time. */
  @Test
  void givesBackWhatWasTakenManySizesAgo() {
    KeyTable table = new KeyTable(1, new Counted(4), now);
    int keys = 9; // for eight of which there is room
    for (int key = 0; key < keys; key++) {
      take(table, "user" + key);
    }
    for (int i = 0; i < 100; i++) {
      table = table.resized(8, now).resized(1, now);
    }
    for (int key = 0; key < keys; key++) {
      table.back(KeyHash.of("user" + key), now, 1);
    }
    assertThat(table.read(now)).isEqualTo(new KeyTable.Reading(0, 0));
  }

  /** Whichever table they know, whatever moves meanwhile. */
  @Test
  void givesManyThreadsNoMoreWhileItsSizeChanges() throws InterruptedException {
    int burst = 1_000;
    int keys = 20;
    int room = 10 * keys; // so that none has to share, whatever their hashes
    AtomicReference<KeyTable> newest = new AtomicReference<>(table(1, burst, room));
    AtomicIntegerArray taken = new AtomicIntegerArray(keys);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      KeyTable first = newest.get();
      int number = i;
      Thread thread =
          new Thread(
              () -> {
                for (int j = 0; j < burst * keys; j++) {
                  KeyTable table = number % 2 == 0 ? first : newest.get();
                  if (table.take(KeyHash.of("user" + j % keys), now, 1, 0) == 0) {
                    taken.incrementAndGet(j % keys);
                  }
                }
              });
      threads.add(thread);
      thread.start();
    }
    for (int i = 0; threads.stream().anyMatch(Thread::isAlive) && i < 1_000; i++) {
      newest.set(newest.get().resized(i % 2 == 0 ? 5_000 : room, now));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    for (int key = 0; key < keys; key++) {
      assertThat(taken.get(key)).as("of key %d", key).isEqualTo(burst);
    }
  }
}
