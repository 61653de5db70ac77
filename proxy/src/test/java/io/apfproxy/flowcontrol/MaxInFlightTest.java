package io.apfproxy.flowcontrol;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.request.UserInfo;
import io.apfproxy.time.ManualTime;
import org.junit.jupiter.api.Test;

class MaxInFlightTest {
  private static final String POD = "/api/v1/namespaces/ns/pods/p";

  @Test
  void countsReadsAndWritesApart() {
    MaxInFlight control = new MaxInFlight(1, 1, new ManualTime());

    assertThat(Client.get(control, "ann", POD).executes()).isTrue();
    assertThat(Client.get(control, "ann", "/api/v1/pods").rejection())
        .isEqualTo(
            new Rejection(
                RejectReason.CONCURRENCY_LIMIT, 1, 1, Rejection.NO_QUEUES, Circumstances.of(1, 1)));
    assertThat(Client.send(control, "ann", "PUT", POD).executes()).isTrue();
    assertThat(Client.send(control, "ann", "HEAD", "/healthz").refusal())
        .as("a verb that is neither get, list nor watch")
        .isEqualTo(RejectReason.CONCURRENCY_LIMIT);
  }

  @Test
  void givesAPlaceBackOnce() {
    MaxInFlight control = new MaxInFlight(2, 1, new ManualTime());
    Client first = Client.get(control, "ann", POD);
    Client second = Client.get(control, "ann", POD);

    first.lease().close();
    first.lease().close();

    assertThat(second.executes()).isTrue();
    assertThat(control.readOnlyInFlight()).isEqualTo(1);
    assertThat(Client.get(control, "ann", POD).executes()).isTrue();
    assertThat(Client.get(control, "ann", POD).executes()).isFalse();
  }

  @Test
  void letsAdministratorsInWhenItIsFullWithoutCountingThem() {
    MaxInFlight control = new MaxInFlight(1, 1, new ManualTime());
    UserInfo admin = UserInfo.of("admin", UserInfo.MASTERS);
    Client counted = Client.send(control, admin, "GET", POD);
    Client uncounted = Client.send(control, admin, "GET", POD);

    assertThat(counted.executes()).isTrue();
    assertThat(uncounted.executes()).isTrue();
    uncounted.lease().close();
    assertThat(control.readOnlyInFlight()).isEqualTo(1);
  }

  @Test
  void knowsNoLimitWhereItIsZero() {
    MaxInFlight control = new MaxInFlight(0, 1, new ManualTime());
    for (int i = 0; i < 100; i++) {
      assertThat(Client.get(control, "ann", POD).executes()).isTrue();
    }
    assertThat(control.readOnlyInFlight()).isZero();
    assertThat(Client.send(control, "ann", "PUT", POD).executes()).isTrue();
    assertThat(Client.send(control, "ann", "PUT", POD).executes()).isFalse();
  }

  @Test
  void doesNotCountWatches() {
    MaxInFlight control = new MaxInFlight(1, 1, new ManualTime());
    for (int i = 0; i < 3; i++) {
      assertThat(Client.get(control, "ann", "/api/v1/pods?watch=1").executes()).isTrue();
    }
    assertThat(control.readOnlyInFlight()).isZero();
  }
}
