package io.apfproxy.flowcontrol;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.budget.RampedBudget;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.time.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A herd meets few seats that become more. */
@Tag("L-94")
@Tag("S58")
@Tag("S86")
class RampTest {
  private static final int MOST = 60;

  private final ManualTime time = new ManualTime();
  private final RampedBudget budget = new RampedBudget(3, MOST, time);
  private final ApfFlowControl control =
      ApfFlowControl.create(
          FlowControlSettings.of(MOST),
          FlowControlConfiguration.empty(),
          time,
          time,
          FlowMetrics.NONE);

  RampTest() {
    budget.onChange(control);
    control.apply(
        List.of(Config.schema("herd", "herd", "herd"), Config.schema("lease", "lease", "lease")),
        List.of(Config.queuing("herd", 50, 4, 100), Config.queuing("lease", 50, 4, 100)));
  }

  private List<Client> send(String user, int number) {
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      clients.add(Client.get(control, user, "/api/v1/namespaces/ns/pods/p" + i));
    }
    return clients;
  }

  private static long executing(List<Client> clients) {
    return clients.stream().filter(Client::executes).count();
  }

  @Test
  void letsAHerdComeInAsSeatsDoAndHoldsTheOthersBackWithoutRefusingThem() {
    budget.begin();
    time.settle();
    List<Client> herd = send("herd", 90);
    List<Long> seen = new ArrayList<>();
    for (int second = 0; second < 7; second++) {
      seen.add(executing(herd));
      time.advance(Duration.ofSeconds(1));
    }

    assertThat(seen.get(0)).isLessThanOrEqualTo(3);
    for (int second = 1; second < 5; second++) {
      assertThat(seen.get(second)).isBetween(seen.get(second - 1), 2 * seen.get(second - 1) + 1);
    }
    assertThat(seen.get(6)).as("all seats of its level").isEqualTo(seen.get(5)).isBetween(25L, 35L);
    assertThat(herd).allMatch(client -> client.refusal() == null);
  }

  @Test
  void keepsTheLevelsApart() {
    budget.begin();
    time.settle();
    send("herd", 90);

    List<Client> leases = send("lease", 1);

    assertThat(executing(leases)).as("passes by its own level").isOne();
  }
}
