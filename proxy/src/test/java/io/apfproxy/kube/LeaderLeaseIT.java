package io.apfproxy.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Of several replicas one holds the Lease; against fabric8's mock server. */
@EnableKubernetesMockClient(crud = true)
class LeaderLeaseIT {
  @SuppressWarnings("NullAway.Init") // set by the extension
  KubernetesClient client;

  @Test
  void oneHoldsItAndAnotherTakesOverWhenThatCloses() {
    AtomicInteger won = new AtomicInteger();
    LeaderLease first = LeaderLease.open(client, "writers");
    await().until(first::isHeld);
    LeaderLease second = LeaderLease.open(client, "writers");
    second.onHeld(won::incrementAndGet);

    await()
        .during(Duration.ofSeconds(3))
        .atMost(Duration.ofSeconds(20))
        .until(() -> first.isHeld() && !second.isHeld());
    String holder = lease().getSpec().getHolderIdentity();
    first.close();

    await().atMost(Duration.ofSeconds(20)).until(second::isHeld);
    assertThat(first.isHeld()).isFalse();
    assertThat(lease().getSpec().getHolderIdentity()).isNotEqualTo(holder).isNotEmpty();
    assertThat(lease().getSpec().getLeaseTransitions()).isEqualTo(1);
    await().until(() -> won.get() == 1);
    second.close();
  }

  private Lease lease() {
    return client.leases().inNamespace(client.getNamespace()).withName("writers").get();
  }
}
