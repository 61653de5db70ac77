package io.apfproxy.flowcontrol;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.config.Enforcement;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.config.PriorityLevelConfiguration;
import io.apfproxy.config.PriorityLevelConfiguration.LimitResponse;
import io.apfproxy.config.PriorityLevelConfiguration.Queuing;
import io.apfproxy.time.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose turn it is after a request kept its seat while nobody served it. One seat, a flow each. */
@Tag("L-91")
class PausedSeatsTest {
  private static final String PODS = "/api/v1/namespaces/ns/pods";
  private static final Duration SERVICE = Duration.ofSeconds(1);
  private static final Duration AWAY = Duration.ofSeconds(10);

  private final ManualTime time = new ManualTime();

  private ApfFlowControl control(Enforcement enforcement) {
    ApfFlowControl control =
        ApfFlowControl.create(
            FlowControlSettings.of(1).withEnforcement(enforcement),
            FlowControlConfiguration.empty(),
            time,
            time,
            FlowMetrics.NONE);
    LimitResponse queues =
        new LimitResponse(PriorityLevelConfiguration.QUEUE, new Queuing(64, 1, 50));
    control.apply(
        List.of(Config.schema("all", "a", "*")), List.of(Config.level("a", 100, 0, 0, queues)));
    return control;
  }

  @ParameterizedTest
  @ValueSource(strings = {PODS, PODS + "?watch=1"})
  void isThatOfBothByTurns(String url) {
    ApfFlowControl control = control(Enforcement.ENFORCE);
    Client held = Client.get(control, "ann", url);
    held.lease().pause();
    List<Client> anns = Stream.generate(() -> Client.get(control, "ann", url)).limit(3).toList();
    List<Client> bobs = Stream.generate(() -> Client.get(control, "bob", url)).limit(3).toList();
    time.advance(AWAY);
    held.lease().resume();

    List<String> turns = new ArrayList<>();
    Client served = held;
    for (int turn = 0; turn < 6; turn++) {
      time.advance(SERVICE);
      served.lease().watchInitialised();
      served.lease().close();
      served = holder(anns, bobs);
      turns.add(anns.contains(served) ? "ann" : "bob");
    }

    assertThat(turns).containsExactly("bob", "ann", "bob", "ann", "bob", "ann");
    assertThat(held.lease().heldNanos()).isEqualTo(AWAY.plus(SERVICE).toNanos());
  }

  /** Held to the decision, bob would not have been on his way while nobody served him. V-34. */
  @Test
  void isThatOfTheNextInShadowAsSoonAsIfHeWereHeldToIt() {
    ApfFlowControl control = control(Enforcement.SHADOW);
    List<Client> both = List.of(Client.get(control, "ann", PODS), Client.get(control, "bob", PODS));
    both.forEach(client -> client.lease().pause());
    time.advance(AWAY);
    both.forEach(client -> client.lease().resume());
    time.advance(SERVICE);
    both.forEach(client -> client.lease().close());
    Client next = Client.get(control, "cat", PODS);
    assertThat(next.admission().wouldWait()).as("for bob").isTrue();

    time.advance(SERVICE);

    assertThat(next.admission().wouldWait()).isFalse();
  }

  private static Client holder(List<Client> anns, List<Client> bobs) {
    return Stream.of(anns, bobs)
        .flatMap(List::stream)
        .filter(client -> client.executes() && client.lease().isHeld())
        .findFirst()
        .orElseThrow();
  }
}
