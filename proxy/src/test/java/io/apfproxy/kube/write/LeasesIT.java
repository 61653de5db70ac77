package io.apfproxy.kube.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Lease objects are taken, renewed and given up; against fabric8's mock server. */
@Tag("S75")
@EnableKubernetesMockClient(crud = true)
class LeasesIT {
  private static final Duration LASTS = Duration.ofSeconds(15);

  @SuppressWarnings("NullAway.Init") // set by the extension
  KubernetesClient client;

  @SuppressWarnings("NullAway.Init") // set before each test
  private Leases leases;

  @BeforeEach
  void open() {
    leases = new Leases(client);
  }

  @Test
  void countsHoldersAndKeepsTheInstantAHolderTookItAt() {
    assertThat(leases.read("a")).isNull();

    Lease taken = leases.hold("a", null, "one", LASTS);
    Lease renewed = leases.hold("a", taken, "one", LASTS);
    Lease lost = leases.hold("a", renewed, "two", Duration.ofSeconds(20));

    assertThat(taken.getSpec().getLeaseTransitions()).isZero();
    assertThat(taken.getSpec().getLeaseDurationSeconds()).isEqualTo(15);
    assertThat(renewed.getSpec().getLeaseTransitions()).isZero();
    assertThat(renewed.getSpec().getAcquireTime()).isEqualTo(taken.getSpec().getAcquireTime());
    assertThat(lost.getSpec().getLeaseTransitions()).isEqualTo(1);
    assertThat(lost.getSpec().getAcquireTime()).isEqualTo(lost.getSpec().getRenewTime());
    assertThat(Leases.holder(Objects.requireNonNull(leases.read("a")))).isEqualTo("two");
  }

  @Test
  void ofTwoWhoSawTheSameOneWrites() {
    Lease seen = leases.hold("a", null, "one", LASTS);
    var unused = leases.hold("a", seen, "two", LASTS);

    assertThatThrownBy(() -> leases.hold("a", seen, "three", LASTS))
        .isInstanceOfSatisfying(
            KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(409));
    assertThatThrownBy(() -> leases.hold("a", null, "four", LASTS))
        .isInstanceOfSatisfying(
            KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(409));
  }

  @Test
  void isNobodysOnceItIsGivenUp() {
    leases.giveUp(leases.hold("a", null, "one", LASTS));

    Lease free = Objects.requireNonNull(leases.read("a"));
    assertThat(Leases.holder(free)).isEmpty();
    assertThat(free.getSpec().getLeaseDurationSeconds()).isEqualTo(1);
  }
}
