package io.apfproxy.queueset;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DispatchTreeTest {
  private static final long NOTHING = -1L;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 64, 100, 1023, 1024, 1025, 3000})
  void findsWhatAScanFromThePlaceInTheRoundFinds(int queues) {
    Random random = new Random(queues);
    DispatchTree tree = new DispatchTree();
    tree.reset(queues);
    long[] leaves = new long[queues];
    Arrays.fill(leaves, NOTHING);

    for (int i = 0; i < 3_000; i++) {
      int index = random.nextInt(queues);
      // Few values, some beyond 2^63, so that ties are common and order is unsigned.
      leaves[index] = random.nextInt(3) == 0 ? NOTHING : (random.nextInt(4) - 2L) << 40;
      if (leaves[index] == NOTHING) {
        tree.clear(index);
      } else {
        tree.set(index, leaves[index]);
      }
      int from = random.nextInt(queues);
      assertThat(tree.first(from)).as("from %d", from).isEqualTo(scan(leaves, from));
    }
  }

  @Test
  void forgetsEverythingOnReset() {
    DispatchTree tree = new DispatchTree();
    tree.reset(2_000);
    tree.set(5, 1);
    tree.set(1_999, 1);

    tree.reset(2_000);
    assertThat(tree.first(0)).isEqualTo(-1);

    tree.set(7, 1);
    tree.reset(10);
    assertThat(tree.first(0)).isEqualTo(-1);
  }

  @Test
  void readsNoMoreNodesThanTheTreeIsHigh() {
    int[] reads = {0};
    DispatchTree tree =
        new DispatchTree() {
          @Override
          long read(long[] nodes, int node) {
            reads[0]++;
            return super.read(nodes, node);
          }
        };
    int queues = 1 << 20;
    tree.reset(queues);
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      tree.set(random.nextInt(queues), random.nextLong() >>> 1);
    }
    for (int i = 0; i < 1_000; i++) {
      reads[0] = 0;
      int winner = tree.first(random.nextInt(queues));
      tree.set(winner, random.nextLong() >>> 1);
      assertThat(reads[0]).isLessThanOrEqualTo(5 * 20);
    }
  }

  private static int scan(long[] leaves, int from) {
    int best = -1;
    for (int i = 0; i < leaves.length; i++) {
      int index = (from + i) % leaves.length;
      if (leaves[index] != NOTHING
          && (best < 0 || Long.compareUnsigned(leaves[index], leaves[best]) < 0)) {
        best = index;
      }
    }
    return best;
  }
}
