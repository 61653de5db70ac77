package io.apfproxy.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Specification limits.md L-26, L-28. */
class KeyTableTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  /** Of keys, nobody among them. */
  private static final int OWNERS = 3;

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
  void givesEachKeyABurstAtOnceAndThenSoManyASecond() {
    KeyTable table = table(100, 500, 10);
    assertThat(takenBy(table, "a", 1_000)).isEqualTo(500);
    for (int second = 0; second < 3; second++) {
      now += SECOND;
      assertThat(takenBy(table, "a", 1_000)).isEqualTo(100);
    }
    assertThat(takenBy(table, "b", 1_000)).isEqualTo(500);
    now += 60 * SECOND;
    assertThat(takenBy(table, "a", 1_000)).isEqualTo(500);
    assertThat(table.read(now)).isEqualTo(new KeyTable.Reading(1, 1));
  }

  @Test
  void saysWhatThereIsWithoutTakingIt() {
    KeyTable table = table(4, 1, 10);
    assertThat(table.peek(1, KeyTable.NOBODY, now, 1, 0)).isZero();
    assertThat(table.take(1, now, 1, 0)).isZero();
    assertThat(table.peek(1, KeyTable.NOBODY, now, 1, 0)).isEqualTo(-SECOND / 4);
    now += SECOND / 4;
    assertThat(table.peek(1, KeyTable.NOBODY, now, 1, 0)).isZero();
    table.take(1, now, 1, 0);
    table.back(1, now, 1);
    assertThat(table.take(1, now, 1, 0)).isZero();
  }

  @Test
  void letsAllShareWhereThereAreNoKeys() {
    KeyTable table = table(1, 3, 0);
    assertThat(takenBy(table, "a", 2)).isEqualTo(2);
    assertThat(takenBy(table, "b", 2)).isEqualTo(1);
    assertThat(table.shares(1, KeyTable.NOBODY, now)).isTrue();
    table.back(7, now, 1);
    assertThat(takenBy(table, "c", 2)).isEqualTo(1);
    assertThat(table.overflows()).isZero();
    assertThat(table.read(now)).isEqualTo(new KeyTable.Reading(0, 1));
  }

  /** Whatever a key is let take, an exact bucket of its own would have given it too. */
  @ParameterizedTest
  @CsvSource({"1, 8, 60, 30", "2, 40, 400, 60", "3, 1, 40, 10"})
  @Tag("S61")
  void givesNobodyMoreForWantOfRoom(long seed, int room, int keys, int seconds) {
    Random random = new Random(seed);
    Pace pace = Pace.perSecond(2, 5);
    KeyTable table = new KeyTable(room, pace, now);
    long origin = now;
    Map<Integer, Long> exact = new HashMap<>();
    int taken = 0;
    while (now - origin < seconds * SECOND) {
      now += random.nextInt(2_000_000);
      int key = (int) (keys * Math.pow(random.nextDouble(), 3));
      long hash = KeyHash.of("user" + key);
      boolean passes = table.take(hash, random.nextInt(OWNERS), now, 1, 0) >= 0;
      if (passes && random.nextInt(5) == 0) {
        table.back(hash, now, 1);
      } else if (passes) {
        long ticks = (now - origin) << Pace.TICK_BITS;
        long due = exact.getOrDefault(key, 0L);
        assertThat(pace.wait(due, ticks, 1, 0)).as("of key %d", key).isZero();
        exact.put(key, pace.after(due, ticks, 1));
        taken++;
      }
    }
    assertThat(table.overflows()).as("there was want of room").isPositive();
    assertThat(taken).isGreaterThan(seconds * 10);
  }

  @Test
  @Tag("S61")
  void boundsAMillionKeysOfTenSeconds() {
    KeyTable table = table(1, 1, 10_000);
    int taken = 0;
    for (int i = 0; i < 1_000_000; i++) {
      now += 10_000;
      taken += takenBy(table, "user" + i, 1);
    }
    assertThat(taken).isLessThan(11 * 40_000 + 11);
    assertThat(table.read(now).keys()).isLessThanOrEqualTo(40_000);
    assertThat(table.overflows()).isPositive();
  }

  @Test
  @Tag("S61")
  void forgetsWhatIsWhole() {
    KeyTable table = table(1, 2, 1);
    for (int i = 0; i < 100_000; i++) {
      now += SECOND;
      assertThat(take(table, "user" + i)).isZero();
    }
    assertThat(table.overflows()).isZero();
  }

  @Test
  void hasRoomForAsManyKeysAsItWasMadeForInLittleMemory() {
    var thread = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    int keys = 100_000;
    long before = thread.getCurrentThreadAllocatedBytes();
    KeyTable table = table(1, 1, keys);
    assertThat(thread.getCurrentThreadAllocatedBytes() - before).isLessThan(8 << 20);
    for (int i = 0; i < keys; i++) {
      take(table, "user" + i);
    }
    assertThat(table.overflows()).isLessThan(keys / 100);
    assertThat(table.read(now).keys() + table.overflows()).isEqualTo(keys);
  }

  @Test
  void hasRoomForThemTooWhenAllAreOfOneOwner() {
    int keys = 100_000;
    KeyTable table = table(1, 1, keys);
    for (int i = 0; i < keys; i++) {
      table.take(KeyHash.of("namespace" + i), KeyHash.of("operator"), now, 1, 0);
    }
    assertThat(table.overflows()).isBetween(1L, keys / 100L);
  }

  /** As many as fill it, of one who holds what he took; some few of the others meet by chance. */
  @ParameterizedTest
  @CsvSource({"1", "20"})
  @Tag("S61")
  void leavesRoomForKeysOfOtherOwners(long most) {
    int keys = 20_000;
    KeyTable table = new KeyTable(keys, new Counted(most), now);
    for (int i = 0; i < table.most() * 3; i++) {
      table.take(KeyHash.of("invented" + i), KeyHash.of("mallory"), now, 1, 0);
    }
    int honest = keys / 10;
    int taken = 0;
    for (int i = 0; i < honest; i++) {
      taken += table.take(KeyHash.of("shop" + i), KeyHash.of("alice"), now, 1, 0) == 0 ? 1 : 0;
    }
    assertThat(taken).isGreaterThan(honest * 97 / 100);
    assertThat(table.read(now).keys()).isGreaterThan(table.most() * 7 / 10);
  }

  /** Whoever else asks for it: a key is of who did so first, and everybody takes of the same. */
  @Test
  void letsNobodyHaveTheKeysOfAnother() {
    KeyTable table = new KeyTable(2, new Counted(10), now);
    for (int key = 1; key <= 2; key++) {
      table.take(key, 7, now, 1, 0);
      table.take(key, 8, now, 1, 0);
    }
    for (int key = 3; key <= 8; key++) {
      assertThat(table.take(key, 9, now, 1, 0)).isZero();
      assertThat(table.shares(key, 9, now)).as("key %d", key).isEqualTo(key > 6);
    }
    assertThat(table.shares(9, 7, now)).as("has as many as there are left").isTrue();
    assertThat(table.shares(9, 8, now)).isFalse();
    assertThat(table.shares(9, KeyTable.NOBODY, now)).isFalse();
  }

  @Test
  void allocatesNothingOnceItIsMade() {
    var thread = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    KeyTable table = table(1_000, 1_000, 1_000);
    KeyHash hash = new KeyHash();
    takeOften(table, hash, 10_000);
    long before = thread.getCurrentThreadAllocatedBytes();
    takeOften(table, hash, 200_000);
    assertThat(thread.getCurrentThreadAllocatedBytes() - before).isLessThan(200_000);
  }

  private void takeOften(KeyTable table, KeyHash hash, int times) {
    for (int i = 0; i < times; i++) {
      long key = hash.add("system:serviceaccount:shop:checkout").add(i % 5_000).end();
      if (table.take(key, now, 1, 0) == 0 && i % 3 == 0) {
        table.back(key, now, 1);
      }
    }
  }

  /** Also where keys come to have a place of their own while others of theirs are counted. */
  @ParameterizedTest
  @CsvSource({"1, 1, 30, 0", "2, 8, 80, 0", "3, 60, 500, 0", "4, 1, 60, 8", "5, 60, 500, 7"})
  void givesBackWhereItTook(long seed, int room, int keys, int otherRoom) {
    Random random = new Random(seed);
    KeyTable table = new KeyTable(room, new Counted(4), now);
    int[] held = new int[keys];
    for (int i = 0; i < 200_000; i++) {
      int key = (int) (keys * Math.pow(random.nextDouble(), 2));
      long hash = KeyHash.of("user" + key);
      boolean ebb = i / 1_000 % 2 == 0;
      if (random.nextInt(10) < (ebb ? 3 : 7)) {
        held[key] += table.take(hash, random.nextInt(OWNERS), now, 1, 0) == 0 ? 1 : 0;
        assertThat(held[key]).isLessThanOrEqualTo(4);
      } else if (held[key] > 0) {
        held[key]--;
        table.back(hash, now, 1);
      }
      if (otherRoom > 0 && i % 700 == 699) {
        table = table.resized(i % 1_400 == 699 ? otherRoom : room, now);
      }
      now += TimeUnit.MINUTES.toNanos(random.nextInt(10)); // years: counts do not heal
    }
    assertThat(table.overflows()).isPositive();
    for (int key = 0; key < keys; key++) {
      for (; held[key] > 0; held[key]--) {
        table.back(KeyHash.of("user" + key), now, 1);
      }
    }
    assertThat(table.read(now)).isEqualTo(new KeyTable.Reading(0, 0));
    for (int key = 0; key < keys; key++) {
      assertThat(table.shares(KeyHash.of("user" + key), KeyTable.NOBODY, now)).isFalse();
    }
  }

  /** Ticks wrap after 208 days. */
  @Test
  void hasForgottenAfterAnyTimeWhatWasMissing() {
    for (int days = 1; days < 700; days += 3) {
      KeyTable table = table(1, 1, 3);
      assertThat(takenBy(table, "a", 2)).isEqualTo(1);
      now += TimeUnit.DAYS.toNanos(days);
      assertThat(takenBy(table, "a", 2)).as("after %d days", days).isEqualTo(1);
      KeyTable shared = table(1, 1, 0);
      assertThat(takenBy(shared, "a", 2)).isEqualTo(1);
      now += TimeUnit.DAYS.toNanos(days);
      assertThat(takenBy(shared, "a", 2)).as("after %d days", days).isEqualTo(1);
    }
  }

  @Test
  void keepsOfEachKeyWhatIsMissingWhenTheAllowanceChanges() {
    KeyTable table = table(10, 100, 500); // so that none has to share, whatever their hashes
    for (int key = 0; key < 50; key++) {
      takenBy(table, "user" + key, 2 * key);
    }
    table.replace(Pace.perSecond(3, 150), now);
    for (int key = 0; key < 50; key++) {
      assertThat(takenBy(table, "user" + key, 200)).isEqualTo(150 - 2 * key);
    }
  }
}
