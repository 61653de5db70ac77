package io.apfproxy.upstream.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("L-70")
class BacklogTest {
  private static final int WRITE = 256;

  private final UnreadBytes unread = new UnreadBytes(10_000, 8_000);
  private final ResponsePool pool = new ResponsePool(5_000, 20_000, 16_000);
  private final List<String> cut = new ArrayList<>();
  private int held = 2;

  private final HeldSeats seats =
      new HeldSeats() {
        @Override
        public String user() {
          return "alice";
        }

        @Override
        public int held() {
          return held;
        }

        @Override
        public boolean isAwaited() {
          return true;
        }
      };

  private Backlog backlog(String name) {
    return new Backlogs(unread, pool).of("192.0.2.1", () -> cut.add(name), seats);
  }

  @Test
  void leavesUncountedWhatHasGoneByTheTimeItWasWritten() {
    Backlog backlog = backlog("one");

    for (int i = 0; i < 1_000; i++) {
      backlog.add(Future.succeededFuture(), 1_000);
    }

    assertThat(backlog.taken()).isEqualTo(1_000_000);
    assertThat(backlog.waiting() + unread.taken() + pool.taken()).isZero();
    assertThat(cut).isEmpty();
  }

  @Test
  void countsForAllWhatHasNotGoneUntilItHas() {
    Backlog backlog = backlog("one");
    Promise<Void> first = Promise.promise();
    Promise<Void> second = Promise.promise();

    backlog.add(first.future(), 1_000);
    backlog.add(second.future(), 500);
    assertThat(backlog.waiting()).isEqualTo(1_500 + 2 * WRITE).isEqualTo(unread.taken());
    assertThat(backlog.taken()).isZero();

    first.complete();
    second.fail("gone");
    assertThat(backlog.waiting()).isZero().isEqualTo(unread.taken());
    assertThat(backlog.taken()).isEqualTo(1_500);
  }

  @Test
  void hasRoomInThePoolOnceItMayGrowAsLongAsItHoldsSeats() {
    Backlog backlog = backlog("one");
    Promise<Void> write = Promise.promise();
    backlog.add(write.future(), 1_000);
    assertThat(backlog.room() + pool.users()).as("room before any was asked for").isZero();

    assertThat(backlog.mayGrow()).isTrue();
    assertThat(backlog.room()).isEqualTo(1_000 + WRITE).isEqualTo(pool.taken());
    held = 0;
    assertThat(backlog.mayGrow()).isFalse();

    write.complete();
    assertThat(backlog.room() + pool.taken() + pool.users()).isZero();
  }

  @Test
  void countsWhatItLeavesBehindOnceAndIsCutOffForItLikeForWhatCame() {
    Backlog eldest = backlog("eldest");
    eldest.leaveBehind(6_000);
    eldest.leaveBehind(6_000);
    assertThat(unread.taken()).isEqualTo(6_000);
    Backlog other = backlog("other");

    other.leaveBehind(5_000);

    assertThat(cut).containsExactly("eldest");
    eldest.catchUp();
    other.catchUp();
    other.catchUp();
    assertThat(unread.taken()).isZero();
  }

  @Test
  void tellsWhenItsClientHasTakenSome() {
    Backlog backlog = backlog("one");
    Promise<Void> write = Promise.promise();
    backlog.add(write.future(), 1_000);
    List<Long> seen = new ArrayList<>();
    backlog.whenLess(() -> seen.add(backlog.waiting()));

    write.complete();

    assertThat(seen).containsExactly(0L);
  }
}
