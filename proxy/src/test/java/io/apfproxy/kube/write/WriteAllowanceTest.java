package io.apfproxy.kube.write;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.config.Kind;
import io.apfproxy.config.ObjectKey;
import io.apfproxy.time.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("S68")
class WriteAllowanceTest {
  private static final ObjectKey A = new ObjectKey(Kind.FLOW_SCHEMA, "a");
  private static final ObjectKey B = new ObjectKey(Kind.FLOW_SCHEMA, "b");

  private final ManualTime time = new ManualTime();
  private final WriteAllowance allowance = new WriteAllowance(time);

  @Test
  void givesSixWritesAMinuteToEachObject() {
    int granted = 0;
    for (int second = 0; second < 600; second++) {
      granted += allowance.take(A) ? 1 : 0;
      time.advance(Duration.ofSeconds(1));
    }

    assertThat(granted).isEqualTo(60);
    assertThat(allowance.take(B)).isTrue();
  }

  @Test
  void comesBackToARefusedObjectAfterAPauseThatDoubles() {
    List<Integer> tried = new ArrayList<>();
    for (int second = 0; second < 3600; second++) {
      if (allowance.take(A)) {
        allowance.refused(A);
        tried.add(second);
      }
      time.advance(Duration.ofSeconds(1));
    }

    assertThat(tried).containsExactly(0, 10, 30, 70, 150, 310, 630, 1270, 1910, 2550, 3190);

    time.advance(Duration.ofHours(1));
    assertThat(allowance.take(A)).isTrue();
    allowance.written(A);
    assertThat(allowance.take(A)).as("as if it had never been refused").isTrue();
  }

  @Test
  void forgetsObjectsThatAreGone() {
    for (int i = 0; i < 10_000; i++) {
      allowance.take(new ObjectKey(Kind.FLOW_SCHEMA, "gone-" + i));
    }
    allowance.take(A);

    allowance.retain(Set.of(A));

    assertThat(allowance.size()).isEqualTo(1);
  }
}
