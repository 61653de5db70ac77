package io.apfproxy.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class TokenBucketsTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private long now = Long.MAX_VALUE - SECOND; // the clock's numbers wrap within the tests

  private final TimeSource time =
      new TimeSource() {
        @Override
        public long nanoTime() {
          return now;
        }

        @Override
        public long epochMillis() {
          throw new UnsupportedOperationException("buckets live by differences");
        }
      };

  private int takenBy(TokenBuckets<String> buckets, String key, int tries) {
    int taken = 0;
    for (int i = 0; i < tries; i++) {
      if (buckets.take(key) == 0) {
        taken++;
      }
    }
    return taken;
  }

  @Test
  void givesABurstAtOnceAndThenSoManyASecond() {
    TokenBuckets<String> buckets = new TokenBuckets<>(100, 500, 10, time);
    assertThat(takenBy(buckets, "a", 1_000)).isEqualTo(500);
    for (int second = 0; second < 3; second++) {
      now += SECOND;
      assertThat(takenBy(buckets, "a", 1_000)).isEqualTo(100);
    }
    now += 60 * SECOND;
    assertThat(takenBy(buckets, "a", 1_000)).isEqualTo(500);
  }

  @Test
  void saysHowLongUntilThereIsATokenAgain() {
    TokenBuckets<String> buckets = new TokenBuckets<>(4, 2, 10, time);
    assertThat(takenBy(buckets, "a", 2)).isEqualTo(2);
    assertThat(buckets.take("a")).isEqualTo(SECOND / 4);
    now += SECOND / 4 - 1;
    assertThat(buckets.take("a")).isEqualTo(1);
    now += 1;
    assertThat(buckets.take("a")).isZero();
  }

  @Test
  void saysWhetherThereIsATokenWithoutTakingIt() {
    TokenBuckets<String> buckets = new TokenBuckets<>(4, 2, 10, time);
    assertThat(buckets.isEmpty("a")).isFalse();
    assertThat(takenBy(buckets, "a", 1)).isEqualTo(1);
    assertThat(buckets.isEmpty("a")).isFalse();
    assertThat(takenBy(buckets, "a", 1)).isEqualTo(1);
    assertThat(buckets.isEmpty("a")).isTrue();
    now += SECOND / 4;
    assertThat(buckets.isEmpty("a")).isFalse();
    assertThat(takenBy(buckets, "a", 2)).isEqualTo(1);
  }

  @Test
  void keepsKeysApart() {
    TokenBuckets<String> buckets = new TokenBuckets<>(1, 1, 10, time);
    assertThat(takenBy(buckets, "a", 5)).isEqualTo(1);
    assertThat(takenBy(buckets, "b", 5)).isEqualTo(1);
  }

  @Test
  @Tag("S61")
  void givesNobodyATokenMoreForWantOfRoom() {
    TokenBuckets<String> buckets = new TokenBuckets<>(1, 5, 3, time);
    assertThat(takenBy(buckets, "a", 9)).isEqualTo(5);
    assertThat(takenBy(buckets, "b", 1)).isEqualTo(1);
    assertThat(takenBy(buckets, "c", 1)).isEqualTo(1);
    for (int i = 0; i < 1_000; i++) {
      buckets.take("other" + i);
    }
    assertThat(buckets.size()).isEqualTo(3);
    assertThat(takenBy(buckets, "a", 9)).isZero();
    assertThat(takenBy(buckets, "b", 9)).isEqualTo(4);
  }

  @Test
  @Tag("S61")
  void letsKeysWithoutRoomShareOneBucket() {
    TokenBuckets<String> buckets = new TokenBuckets<>(1, 5, 1, time);
    buckets.take("a");
    assertThat(takenBy(buckets, "b", 3)).isEqualTo(3);
    assertThat(takenBy(buckets, "c", 3)).isEqualTo(2);
    assertThat(takenBy(buckets, "d", 3)).isZero();
    assertThat(buckets.shared()).isEqualTo(9);
    assertThat(takenBy(buckets, "a", 9)).isEqualTo(4);
    now += SECOND;
    assertThat(takenBy(buckets, "d", 3)).isEqualTo(1);
  }

  @Test
  @Tag("S61")
  void tellsThatTheSharedBucketIsEmptyToKeysWithoutRoom() {
    TokenBuckets<Integer> buckets = new TokenBuckets<>(1, 5, 10_000, time);
    for (int key = 0; key < 10_000; key++) {
      buckets.take(key);
    }
    assertThat(buckets.isEmpty(10_000)).isFalse();
    for (int i = 0; i < 5; i++) {
      buckets.take(10_000);
    }
    assertThat(buckets.isEmpty(10_000)).isTrue();
    assertThat(buckets.isEmpty(10_001)).as("without room as well").isTrue();
    assertThat(buckets.isEmpty(0)).as("has a bucket of its own").isFalse();
    now += SECOND; // the bucket of 0 is full, and gives its room away
    assertThat(buckets.isEmpty(10_001)).isFalse();
    assertThat(buckets.take(10_001)).isZero();
  }

  @Test
  @Tag("S61")
  void forgetsWhatIsFull() {
    TokenBuckets<String> buckets = new TokenBuckets<>(1, 2, 2, time);
    buckets.take("a");
    buckets.take("a");
    buckets.take("b");
    now += SECOND; // a is not full yet, b is
    assertThat(takenBy(buckets, "c", 3)).isEqualTo(2);
    assertThat(buckets.size()).isEqualTo(2);
    assertThat(buckets.shared()).isZero();
    assertThat(takenBy(buckets, "a", 3)).isEqualTo(1);
  }

  @Test
  void refusesRatesThatGiveNothing() {
    assertThatThrownBy(() -> new TokenBuckets<String>(0, 1, 1, time))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("0 a second, 1 at once, 1 keys: must be 1 or more");
  }
}
