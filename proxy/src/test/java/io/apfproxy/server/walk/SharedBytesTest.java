package io.apfproxy.server.walk;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What waits is bounded in bytes, and shared while they are scarce. */
@Tag("S51")
class SharedBytesTest {
  private final SharedBytes bytes = new SharedBytes("some-bytes", 1_000);

  private long used() {
    return bytes.bound().used().getAsLong();
  }

  @Test
  void letsOneHaveAllThatNobodyElseNeeds() {
    for (int i = 0; i < 8; i++) {
      assertThat(bytes.take("alice", 100)).isTrue();
    }
    assertThat(bytes.take("alice", 1)).isFalse();
    assertThat(bytes.bound().overflows().getAsLong()).isEqualTo(1);
    bytes.giveBack("alice", 100);
    assertThat(bytes.take("alice", 100)).isTrue();
  }

  @Test
  void keepsTheLastFifthForThoseBelowTheirShare() {
    assertThat(bytes.take("alice", 800)).isTrue();
    assertThat(bytes.take("bob", 150)).isTrue();
    assertThat(bytes.take("carol", 50)).isTrue();
    assertThat(bytes.take("dave", 1)).as("all are taken").isFalse();
    assertThat(used()).isEqualTo(1_000);
  }

  @Test
  void givesNobodyMoreThanAQuarterWhileTheyAreScarce() {
    assertThat(bytes.take("alice", 700)).isTrue();
    assertThat(bytes.take("bob", 100)).isTrue();
    assertThat(bytes.take("bob", 151)).isFalse();
    assertThat(bytes.take("bob", 150)).isTrue();
    assertThat(bytes.take("bob", 1)).isFalse();
    assertThat(bytes.take(null, 50)).as("who has no share").isTrue();
    assertThat(bytes.take(null, 1)).isFalse();
  }

  @Test
  void remembersOnlyThoseWhoHoldSome() {
    for (int i = 0; i < 50; i++) {
      String owner = "user" + i;
      assertThat(bytes.take(owner, 2)).isTrue();
      assertThat(bytes.take(owner, 0)).isTrue();
      assertThat(bytes.take(owner, 3)).isTrue();
      bytes.giveBack(owner, 2);
      bytes.giveBack(owner, 0);
      bytes.giveBack(owner, 3);
    }
    assertThat(bytes.owners()).isZero();
    assertThat(used()).isZero();
  }

  @Test
  void boundsNothingWithoutALimit() {
    SharedBytes all = new SharedBytes("some-bytes", 0);
    assertThat(all.take("alice", Long.MAX_VALUE / 2)).isTrue();
    assertThat(all.take("alice", 1)).isTrue();
  }
}
