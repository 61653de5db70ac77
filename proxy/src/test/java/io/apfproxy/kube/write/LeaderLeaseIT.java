package io.apfproxy.kube.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.time.ManualTime;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpecBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Of several replicas one holds the Lease; against fabric8's mock server. */
@EnableKubernetesMockClient(crud = true)
class LeaderLeaseIT {
  private static final Duration FAST = Duration.ofMillis(50);

  @SuppressWarnings("NullAway.Init") // set by the extension
  KubernetesMockServer server;

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
        .atMost(Duration.ofSeconds(60))
        .until(() -> first.isHeld() && !second.isHeld());
    String holder = lease().getSpec().getHolderIdentity();
    first.close();

    await().atMost(Duration.ofSeconds(60)).until(second::isHeld);
    assertThat(first.isHeld()).isFalse();
    assertThat(lease().getSpec().getHolderIdentity()).isNotEqualTo(holder).isNotEmpty();
    assertThat(lease().getSpec().getLeaseTransitions()).isEqualTo(1);
    await().until(() -> won.get() == 1);
    second.close();
  }

  /** Whoever may write the Lease cannot keep it by what it writes once, however large. */
  @Test
  @Tag("S75")
  void takesOverALeaseThatNobodyRenewsWhateverDurationAndInstantsStandInIt() {
    forge(
        new LeaseSpecBuilder()
            .withHolderIdentity("stranger")
            .withLeaseDurationSeconds(Integer.MAX_VALUE)
            .withAcquireTime(ZonedDateTime.parse("2999-01-01T00:00:00Z"))
            .withRenewTime(ZonedDateTime.parse("2999-01-01T00:00:00Z"))
            .withLeaseTransitions(Integer.MAX_VALUE)
            .build());
    ManualTime clock = new ManualTime();
    LeaderLease replica = LeaderLease.open(client, "writers", clock, FAST);
    awaitARound();
    assertThat(replica.isHeld()).isFalse();

    clock.advance(Duration.ofSeconds(59));
    awaitARound();
    assertThat(replica.isHeld()).isFalse();
    clock.advance(Duration.ofSeconds(2));

    await().atMost(Duration.ofSeconds(60)).until(replica::isHeld);
    assertThat(lease().getSpec().getLeaseTransitions()).isEqualTo(1);
    replica.close();
  }

  /** A dead holder is not kept alive by who touches labels or annotations. */
  @Test
  @Tag("S75")
  void takesOverALeaseThatIsTouchedButNotRenewed() {
    forge(
        new LeaseSpecBuilder()
            .withHolderIdentity("dead")
            .withLeaseDurationSeconds(15)
            .withRenewTime(ZonedDateTime.parse("2026-01-01T00:00:00Z"))
            .build());
    ManualTime clock = new ManualTime();
    LeaderLease replica = LeaderLease.open(client, "writers", clock, FAST);
    awaitARound();
    clock.advance(Duration.ofSeconds(14));
    client
        .leases()
        .inNamespace(client.getNamespace())
        .withName("writers")
        .edit(
            old ->
                new LeaseBuilder(old).editMetadata().addToLabels("a", "b").endMetadata().build());
    awaitARound();
    assertThat(replica.isHeld()).isFalse();

    clock.advance(Duration.ofSeconds(2));

    await().atMost(Duration.ofSeconds(60)).until(replica::isHeld);
    replica.close();
  }

  /** As long as its holder renews, nobody else has it; and it goes on renewing. */
  @Test
  @Tag("S75")
  void leavesALeaseToWhoRenewsIt() {
    ManualTime clock = new ManualTime();
    LeaderLease holder = LeaderLease.open(client, "writers", clock, FAST);
    await().atMost(Duration.ofSeconds(60)).until(holder::isHeld);
    ManualTime other = new ManualTime();
    LeaderLease second = LeaderLease.open(client, "writers", other, FAST);
    for (int i = 0; i < 3; i++) {
      awaitARenewal();
      other.advance(Duration.ofSeconds(10));
      awaitARound();
      assertThat(second.isHeld()).isFalse();
    }

    clock.advance(Duration.ofSeconds(10)); // by which what it holds has run out

    await().atMost(Duration.ofSeconds(60)).until(holder::isHeld);
    second.close();
    holder.close();
    assertThat(holder.isHeld()).isFalse();
  }

  /** Who can renew no longer has stopped believing in itself before another takes over. */
  @Test
  @Tag("S75")
  void aLeaseExpiresWithoutTwoHolders() {
    ManualTime clock = new ManualTime();
    LeaderLease stuck = LeaderLease.open(client, "writers", clock, Duration.ofHours(1));
    await().atMost(Duration.ofSeconds(60)).until(stuck::isHeld);
    LeaderLease second = LeaderLease.open(client, "writers", clock, FAST);
    awaitARound();
    assertThat(second.isHeld()).isFalse();

    clock.advance(Duration.ofMillis(9_999));
    awaitARound();
    assertThat(stuck.isHeld()).isTrue();
    clock.advance(Duration.ofMillis(1));
    assertThat(stuck.isHeld()).isFalse();
    clock.advance(Duration.ofMillis(4_999));
    awaitARound();
    assertThat(second.isHeld()).isFalse();
    clock.advance(Duration.ofMillis(1));

    await().atMost(Duration.ofSeconds(60)).until(second::isHeld);
    assertThat(stuck.isHeld()).isFalse();
    assertThat(lease().getSpec().getLeaseTransitions()).isEqualTo(1);
    second.close();
    stuck.close();
  }

  private void forge(LeaseSpec spec) {
    client
        .leases()
        .inNamespace(client.getNamespace())
        .resource(
            new LeaseBuilder()
                .withNewMetadata()
                .withName("writers")
                .endMetadata()
                .withSpec(spec)
                .build())
        .create();
  }

  /** Until each replica has looked at the Lease after this call began; the holder asks twice. */
  private void awaitARound() {
    int before = server.getRequestCount();
    await().atMost(Duration.ofSeconds(60)).until(() -> server.getRequestCount() >= before + 6);
  }

  /** Or its holder may not have come to it since the other one's clock was moved. */
  private void awaitARenewal() {
    ZonedDateTime before = lease().getSpec().getRenewTime();
    await().until(() -> !lease().getSpec().getRenewTime().equals(before));
  }

  private Lease lease() {
    return client.leases().inNamespace(client.getNamespace()).withName("writers").get();
  }
}
