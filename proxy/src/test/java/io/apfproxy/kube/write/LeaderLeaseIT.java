package io.apfproxy.kube.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.time.TimeSource;
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
import java.util.concurrent.atomic.AtomicLong;
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
    MovedClock clock = new MovedClock();
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
    MovedClock clock = new MovedClock();
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

  /** As long as its holder renews, nobody else has it; and what it holds runs out by its clock. */
  @Test
  @Tag("S75")
  void leavesALeaseToWhoRenewsItAndDoesNotBelieveInItselfForLongerThanItRenewed() {
    MovedClock clock = new MovedClock();
    LeaderLease holder = LeaderLease.open(client, "writers", clock, FAST);
    await().atMost(Duration.ofSeconds(60)).until(holder::isHeld);
    MovedClock other = new MovedClock();
    LeaderLease second = LeaderLease.open(client, "writers", other, FAST);
    for (int i = 0; i < 3; i++) {
      other.advance(Duration.ofSeconds(10));
      awaitARound();
      assertThat(second.isHeld()).isFalse();
    }

    clock.advance(Duration.ofSeconds(10));

    assertThat(holder.isHeld()).isFalse();
    await().atMost(Duration.ofSeconds(60)).until(holder::isHeld);
    second.close();
    holder.close();
    assertThat(holder.isHeld()).isFalse();
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

  private static final class MovedClock implements TimeSource {
    private final AtomicLong now = new AtomicLong();

    @Override
    public long nanoTime() {
      return now.get();
    }

    @Override
    public long epochMillis() {
      return 0;
    }

    void advance(Duration by) {
      now.addAndGet(by.toNanos());
    }
  }

  private Lease lease() {
    return client.leases().inNamespace(client.getNamespace()).withName("writers").get();
  }
}
