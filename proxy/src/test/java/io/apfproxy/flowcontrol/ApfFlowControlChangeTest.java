package io.apfproxy.flowcontrol;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.config.PriorityLevelConfiguration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of requests while levels come, change and go. */
class ApfFlowControlChangeTest extends ApfFlowControlFixture {
  @Test
  void finishesWhatWaitsInALevelThatIsConfiguredNoLonger() {
    PriorityLevelConfiguration a = Config.queuing("a", 100, 4, 10);
    PriorityLevelConfiguration b = Config.queuing("b", 100, 4, 10);
    ApfFlowControl control = control(2, a, b);
    Client executing = Client.get(control, "ann", PODS);
    Client waiting = Client.get(control, "ann", PODS);
    assertThat(waiting.executes()).isFalse();

    control.apply(List.of(TO_B), List.of(b));

    assertThat(level(control, "a").quiescing()).isTrue();
    Client late = Client.get(control, "ann", PODS);
    assertThat(late.admission().classification().priorityLevel()).isEqualTo("catch-all");
    executing.lease().close();
    assertThat(waiting.executes()).isTrue();
    waiting.lease().close();
    time.settle();
    assertThat(control.snapshot())
        .extracting(LevelSnapshot::name)
        .containsExactly("b", "catch-all", "exempt");
    assertThat(level(control, "b").nominalLimit()).isEqualTo(2);
  }

  @Test
  void takesALevelBackThatIsConfiguredAgainWhileItFinishes() {
    PriorityLevelConfiguration a = Config.queuing("a", 100, 4, 10);
    PriorityLevelConfiguration b = Config.queuing("b", 100, 4, 10);
    ApfFlowControl control = control(2, a, b);
    Client executing = Client.get(control, "ann", PODS);
    Client waiting = Client.get(control, "ann", PODS);
    control.apply(List.of(TO_B), List.of(b));

    control.apply(List.of(TO_A, TO_B), List.of(a, b));

    assertThat(level(control, "a").quiescing()).isFalse();
    assertThat(level(control, "a").waiting()).isEqualTo(1);
    executing.lease().close();
    waiting.lease().close();
    time.settle();
    assertThat(level(control, "a").dispatched()).isEqualTo(2);
  }

  @Test
  void dispatchesWhatWaitsWhenAChangeBringsSeats() {
    PriorityLevelConfiguration b = Config.queuing("b", 100, 4, 10);
    ApfFlowControl control = control(4, Config.queuing("a", 10, 4, 10), b);
    Client first = Client.get(control, "ann", PODS);
    Client second = Client.get(control, "ann", PODS);
    assertThat(first.executes()).isTrue();
    assertThat(second.executes()).isFalse();

    control.apply(List.of(TO_A, TO_B), List.of(Config.queuing("a", 1000, 4, 10), b));

    assertThat(second.executes()).isTrue();
  }

  @Test
  void keepsWhatWaitsWhenALevelStopsQueuing() {
    ApfFlowControl control = control(1, Config.queuing("a", 100, 4, 10));
    Client first = Client.get(control, "ann", PODS);
    Client second = Client.get(control, "ann", PODS);

    control.apply(List.of(TO_A), List.of(Config.rejecting("a", 100)));

    assertThat(Client.get(control, "ann", PODS).refusal())
        .isEqualTo(RejectReason.CONCURRENCY_LIMIT);
    first.lease().close();
    assertThat(second.executes()).isTrue();
  }
}
