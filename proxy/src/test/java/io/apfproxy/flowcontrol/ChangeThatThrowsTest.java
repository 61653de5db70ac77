package io.apfproxy.flowcontrol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.config.FlowSchema;
import io.apfproxy.config.PriorityLevelConfiguration;
import io.apfproxy.config.PriorityLevelConfiguration.Burst;
import io.apfproxy.queueset.BurstSeats;
import io.apfproxy.request.UserInfo;
import io.apfproxy.time.ManualTime;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a request throws that a change lets in keeps nothing else from following the change. */
class ChangeThatThrowsTest {
  private static final String PODS = "/api/v1/namespaces/ns/pods/p";
  private static final List<FlowSchema> SCHEMAS =
      List.of(Config.schema("schema-a", "a", "ann"), Config.schema("schema-b", "b", "bob"));
  private static final PriorityLevelConfiguration B = Config.queuing("b", 50, 4, 10);

  private final ManualTime time = new ManualTime();
  private final ApfFlowControl control =
      ApfFlowControl.create(
          FlowControlSettings.of(4).withBursts(new BurstSeats(30, () -> true)),
          FlowControlConfiguration.empty(),
          time,
          time,
          FlowMetrics.NONE);

  private final AdmissionListener broken =
      new AdmissionListener() {
        @Override
        public void onExecute(SeatLease lease) {
          throw new IllegalStateException("broken");
        }

        @Override
        public void onReject(Rejection rejection) {}
      };

  /** Its level is full from now on, and another request of its user would wait. */
  private Client fill(String user) {
    Client client = Client.get(control, user, PODS);
    while (client.executes()) {
      client = Client.get(control, user, PODS);
    }
    return client;
  }

  private int limit(String level) {
    return control.snapshot().stream()
        .filter(each -> each.name().equals(level))
        .mapToInt(LevelSnapshot::currentLimit)
        .findFirst()
        .orElseThrow();
  }

  private void breakIn(String user) {
    control.admit(Client.digest(UserInfo.of(user), "GET", PODS), broken);
  }

  @Test
  void otherLevelsComeToTheirSeatsAllTheSame() {
    control.apply(SCHEMAS, List.of(Config.queuing("a", 50, 4, 10), B));
    fill("ann").admission().cancel();
    breakIn("ann");
    Client waits = fill("bob");

    assertThatThrownBy(() -> control.resize(40)).hasMessage("broken");

    assertThat(waits.executes()).isTrue();
    assertThat(limit("b")).isGreaterThan(4);
  }

  /** What it may spend beyond its limit is changed after that, which lets the request in. */
  @Test
  void itsOwnLevelFollowsTheRestOfItsObject() {
    control.apply(SCHEMAS, List.of(Config.queuing("a", 50, 4, 10), B));
    fill("ann").admission().cancel();
    breakIn("ann");
    PriorityLevelConfiguration more =
        Config.bursting(Config.queuing("a", 5_000, 4, 10), new Burst(5, 10));

    assertThatThrownBy(() -> control.apply(SCHEMAS, List.of(more, B))).hasMessage("broken");

    assertThat(control.bursts()).containsKey("a");
  }
}
