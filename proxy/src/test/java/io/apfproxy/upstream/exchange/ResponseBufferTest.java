package io.apfproxy.upstream.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("S54")
@DisplayName("Room for responses (L-70)")
class ResponseBufferTest {
  private static final long MOST = 1_000_000;
  private static final long OF_ONE = 100_000;

  private final ResponsePool pool = new ResponsePool(OF_ONE, MOST, MOST / 5 * 4);

  @Test
  void holdsNoMoreThanThereIsForAThousandSlowReadersOfAHundredUsers() {
    Random random = new Random(1);
    List<ResponsePool.Room> rooms = new ArrayList<>();
    long[] mirror = new long[1_000];
    for (int i = 0; i < 1_000; i++) {
      rooms.add(pool.room("user " + i % 100));
    }
    long refused = 0;
    long most = 0;
    for (int step = 0; step < 200_000; step++) {
      int at = random.nextInt(rooms.size());
      long bytes = random.nextInt((int) OF_ONE * 11 / 10);
      if (random.nextInt(3) == 0) {
        rooms.get(at).shrink(bytes);
        mirror[at] = Math.min(mirror[at], bytes);
      } else if (rooms.get(at).grow(bytes)) {
        assertThat(bytes).isLessThanOrEqualTo(OF_ONE);
        mirror[at] = Math.max(mirror[at], bytes);
      } else {
        refused++;
      }
      assertThat(pool.taken()).isLessThanOrEqualTo(MOST);
      assertThat(rooms.get(at).held()).isEqualTo(mirror[at]);
      most = Math.max(most, pool.taken());
    }
    long held = 0;
    for (long each : mirror) {
      held += each;
    }
    assertThat(pool.taken()).isEqualTo(held);
    assertThat(most).as("it was full").isGreaterThan(MOST / 10 * 9);
    assertThat(refused).isGreaterThanOrEqualTo(pool.overflows()).isPositive();

    rooms.forEach(room -> room.shrink(0));
    assertThat(pool.taken()).isZero();
    assertThat(pool.users()).isZero();
  }

  @Test
  void letsOneUserHaveItWhileThereIsEnough() {
    for (int i = 0; i < 8; i++) {
      assertThat(pool.room("greedy").grow(OF_ONE)).isTrue();
    }
    assertThat(pool.room("greedy").grow(OF_ONE)).as("it is scarce").isFalse();
    assertThat(pool.overflows()).isEqualTo(1);
    assertThat(pool.room("other").grow(OF_ONE)).isTrue();
  }

  @Test
  void letsOneUserHaveNoMoreThanAQuarterWhileItIsScarce() {
    for (int i = 0; i < 8; i++) {
      pool.room("user " + i).grow(OF_ONE);
    }
    ResponsePool.Room greedy = pool.room("user 0");

    assertThat(greedy.grow(OF_ONE)).as("200,000 of 900,000").isTrue();
    assertThat(pool.room("user 0").grow(50_000)).as("250,000 are a quarter").isTrue();
    assertThat(pool.room("user 0").grow(1)).isFalse();
    assertThat(pool.room("user 9").grow(50_000)).isTrue();
    assertThat(pool.taken()).isEqualTo(MOST);
    assertThat(pool.room("user 9").grow(1)).as("nothing is left").isFalse();

    greedy.shrink(OF_ONE - 10);
    assertThat(pool.room("user 9").grow(10)).isTrue();
  }

  @Test
  void givesNoRoomToOneThatHasAllItMayHaveAndCountsThatAsNoOverflow() {
    ResponsePool.Room room = pool.room("a");
    assertThat(room.grow(OF_ONE)).isTrue();

    assertThat(room.grow(OF_ONE + 1)).isFalse();
    assertThat(room.grow(OF_ONE)).as("it has it").isTrue();
    assertThat(room.held()).isEqualTo(OF_ONE);
    assertThat(pool.overflows()).isZero();
  }

  @Test
  void givesNoneAtAllWhereNoneIsWanted() {
    ResponsePool none = new ResponsePool(0, MOST, MOST);

    assertThat(none.room("a").grow(1)).isFalse();
    assertThat(none.taken()).isZero();
  }
}
