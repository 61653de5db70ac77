package io.apfproxy.flowcontrol;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.flowcontrol.KindLoad.Kind;
import io.apfproxy.time.ManualTime;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class KindLoadTest {
  private static final String PODS = "/api/v1/namespaces/ns/pods/p";
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final ManualTime time = new ManualTime();

  /** One seat for {@code ann}, besides what catch-all has. */
  private ApfFlowControl control() {
    ApfFlowControl control =
        ApfFlowControl.create(
            FlowControlSettings.of(1),
            FlowControlConfiguration.empty(),
            time,
            time,
            FlowMetrics.NONE);
    control.apply(
        List.of(Config.schema("schema-a", "a", "ann")), List.of(Config.queuing("a", 100, 4, 10)));
    return control;
  }

  @Test
  void keepsReadsAndWritesApart() {
    ApfFlowControl control = control();
    Client read = Client.get(control, "ann", PODS);
    Client write = Client.send(control, "ann", "DELETE", PODS);
    assertThat(read.executes()).isTrue();
    assertThat(write.executes()).isFalse();
    time.advance(Duration.ofSeconds(1));

    assertThat(control.load(Kind.READ_ONLY).mostExecuting()).isEqualTo(1);
    assertThat(control.load(Kind.MUTATING).mostExecuting()).isZero();
    assertThat(control.load(Kind.MUTATING).mostWaiting()).isEqualTo(1);
  }

  @Test
  void forgetsTheMostOfASecondAfterTheNext() {
    ApfFlowControl control = control();
    for (int i = 0; i < 3; i++) {
      Client.get(control, "ann", PODS).lease().close();
    }
    assertThat(control.load(Kind.READ_ONLY).mostExecuting()).as("not over yet").isZero();

    time.advance(Duration.ofSeconds(1));
    assertThat(control.load(Kind.READ_ONLY).mostExecuting()).isEqualTo(1);

    time.advance(Duration.ofSeconds(1));
    assertThat(control.load(Kind.READ_ONLY).mostExecuting()).isZero();
  }

  @Test
  void countsNanosecondsByTheirRatio() {
    ApfFlowControl control = control();
    Client first = Client.get(control, "ann", PODS);
    Client second = Client.get(control, "ann", PODS);
    time.advance(Duration.ofSeconds(2));
    first.lease().close();
    second.lease().close();
    time.advance(Duration.ofSeconds(3));

    KindLoad.Reading load = control.load(Kind.READ_ONLY);
    // one of the two seats, catch-all's included; one of 4 times 10 places
    assertThat(load.executing().ratioNanos()).isEqualTo(2 * 0.5 * SECOND);
    assertThat(load.waiting().ratioNanos()).isEqualTo(2 * SECOND / 40.0);
    assertThat(Arrays.stream(load.executing().nanos()).sum()).isEqualTo(5 * SECOND);
    assertThat(load.executing().nanos()[0]).as("idle").isEqualTo(3 * SECOND);
  }

  @Test
  void endsAtZeroWhateverBecameOfTheRequests() {
    ApfFlowControl control = control();
    Client executing = Client.get(control, "ann", PODS);
    Client cancelled = Client.get(control, "ann", PODS);
    cancelled.admission().cancel();
    for (int i = 0; i < 60; i++) {
      Client.get(control, "ann", PODS).admission().cancel();
    }
    executing.lease().close();
    executing.lease().close();
    long[] before = control.load(Kind.READ_ONLY).waiting().nanos();
    time.advance(Duration.ofSeconds(1));

    KindLoad.Reading load = control.load(Kind.READ_ONLY);
    assertThat(load.waiting().nanos()[0] - before[0]).isEqualTo(SECOND);
    assertThat(load.executing().nanos()[0]).isEqualTo(SECOND);
  }
}
