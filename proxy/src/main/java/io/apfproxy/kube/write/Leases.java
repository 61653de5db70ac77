package io.apfproxy.kube.write;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import org.jspecify.annotations.Nullable;

/**
 * The Lease objects of the client's namespace. What is written names the version it was decided on:
 * of two that write at the same time one fails with 409. Thread-safe; blocks.
 */
final class Leases {
  private final KubernetesClient client;
  private final String namespace;

  /**
   * @param client not closed by this class
   */
  Leases(KubernetesClient client) {
    this.client = client;
    this.namespace = client.getNamespace() == null ? "default" : client.getNamespace();
  }

  String namespace() {
    return namespace;
  }

  /**
   * Null if there is none.
   *
   * @throws KubernetesClientException if the upstream does not say
   */
  @Nullable Lease read(String name) {
    return client.leases().inNamespace(namespace).withName(name).get();
  }

  /** Who holds it; empty if nobody does. */
  static String holder(Lease lease) {
    LeaseSpec spec = lease.getSpec();
    return spec == null || spec.getHolderIdentity() == null ? "" : spec.getHolderIdentity();
  }

  /**
   * Takes a Lease or renews it.
   *
   * @param before as it was read; null if there was none
   * @return as it is now
   * @throws KubernetesClientException if it was not written; code 409 if it was changed meanwhile
   */
  Lease hold(String name, @Nullable Lease before, String identity, Duration lasts) {
    Lease held = held(name, before, identity, lasts);
    return before == null
        ? client.leases().inNamespace(namespace).resource(held).create()
        : client.leases().inNamespace(namespace).resource(held).update();
  }

  private static Lease held(String name, @Nullable Lease before, String identity, Duration lasts) {
    ZonedDateTime now = ZonedDateTime.now(ZoneOffset.UTC);
    LeaseSpec spec = before == null ? null : before.getSpec();
    boolean renewal = spec != null && identity.equals(spec.getHolderIdentity());
    LeaseBuilder lease =
        before == null
            ? new LeaseBuilder().withNewMetadata().withName(name).endMetadata()
            : new LeaseBuilder(before);
    return lease
        .editOrNewSpec()
        .withHolderIdentity(identity)
        .withLeaseDurationSeconds((int) lasts.toSeconds())
        .withRenewTime(now)
        .withAcquireTime(renewal && spec != null ? spec.getAcquireTime() : now)
        .withLeaseTransitions(before == null ? 0 : transitions(spec) + (renewal ? 0 : 1))
        .withStrategy(null) // nobody else is to choose the holder
        .withPreferredHolder(null)
        .endSpec()
        .build();
  }

  /** The number of holders so far; one that leaves no room for the next begins anew. */
  private static int transitions(@Nullable LeaseSpec spec) {
    Integer told = spec == null ? null : spec.getLeaseTransitions();
    return told == null || told < 0 || told == Integer.MAX_VALUE ? 0 : told;
  }

  /**
   * Gives a Lease up, so that nobody need wait for its end.
   *
   * @param held as it was read
   * @throws KubernetesClientException if it was not written
   */
  void giveUp(Lease held) {
    held.getSpec().setHolderIdentity("");
    held.getSpec().setLeaseDurationSeconds(1);
    var unused = client.leases().inNamespace(namespace).resource(held).update();
  }
}
