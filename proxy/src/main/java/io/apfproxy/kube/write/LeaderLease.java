package io.apfproxy.kube.write;

import io.apfproxy.time.TimeSource;
import io.apfproxy.timer.Repetition;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Competes for a Lease as long as it is open: its holder is the one replica that writes.
 * Thread-safe.
 */
public final class LeaderLease implements AutoCloseable {
  /*
   * Clocks of different machines are never compared, nor are their instants believed: a Lease has expired when this replica has not
   * seen its holder renew it for as long as it lasts, by its own monotonic clock. What else is written into the Lease is no renewal,
   * and a duration beyond a minute is not believed. A holder that could not renew stops believing in itself well before the others
   * may take over. Every write names the version it was decided on, so that of two only one succeeds. One thread does all but the
   * giving up, and no lock is held while the upstream is asked.
   * Source: specification security.md S75; reference, client-go tools/leaderelection, which compares the record likewise.
   */
  private static final Logger LOG = LoggerFactory.getLogger(LeaderLease.class);
  private static final Duration LASTS = Duration.ofSeconds(15);
  private static final Duration MOST_BELIEVED = Duration.ofMinutes(1);
  private static final Duration BELIEVED = Duration.ofSeconds(10);
  private static final Duration RETRY = Duration.ofSeconds(2);

  private final String name;
  private final String namespace;
  private final KubernetesClient client;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final String identity = UUID.randomUUID().toString();
  private final TimeSource time;
  private final Repetition repetition;
  private volatile boolean won;
  private volatile long renewedAt;
  private volatile boolean closed;

  // Used by the thread of the repetition only.
  private @Nullable Renewal seen;
  private long seenAt;
  private boolean warned;

  /** What a holder changes when it renews. */
  private record Renewal(
      @Nullable String holder,
      @Nullable ZonedDateTime acquiredAt,
      @Nullable ZonedDateTime renewedAt,
      @Nullable Integer transitions) {
    static Renewal of(Lease lease) {
      LeaseSpec spec = lease.getSpec();
      return spec == null
          ? new Renewal(null, null, null, null)
          : new Renewal(
              spec.getHolderIdentity(),
              spec.getAcquireTime(),
              spec.getRenewTime(),
              spec.getLeaseTransitions());
    }
  }

  private LeaderLease(KubernetesClient client, String name, TimeSource time, Duration retry) {
    this.client = client;
    this.name = name;
    this.time = time;
    this.namespace = client.getNamespace() == null ? "default" : client.getNamespace();
    this.repetition = Repetition.alone("lease-" + name, retry, this::compete);
  }

  /**
   * Begins to compete for the Lease of this name in the client's namespace.
   *
   * @param client not closed by this class
   */
  public static LeaderLease open(KubernetesClient client, String name) {
    return open(client, name, TimeSource.system(), RETRY);
  }

  static LeaderLease open(KubernetesClient client, String name, TimeSource time, Duration retry) {
    LeaderLease lease = new LeaderLease(client, name, time, retry);
    lease.repetition.now();
    return lease;
  }

  /** Calls the listener whenever the Lease was won from now on, on a thread of the Lease. */
  void onHeld(Runnable listener) {
    listeners.add(listener);
  }

  /** Whether this replica is the one; asked before each write. */
  boolean isHeld() {
    return won && !closed && time.nanoTime() - renewedAt < BELIEVED.toNanos();
  }

  private void compete() {
    boolean before = isHeld();
    try {
      won = acquireOrRenew();
      if (won && !before) {
        LOG.info("this replica holds the Lease {}/{}", namespace, name);
        listeners.forEach(Runnable::run);
      }
    } catch (KubernetesClientException e) {
      refused(e);
    } catch (RuntimeException e) {
      LOG.error("the Lease {}/{} is not competed for", namespace, name, e);
    }
  }

  private void refused(KubernetesClientException e) {
    if (closed || e.getCode() == 409 || e.getCode() == 404) {
      return; // interrupted, or another replica was faster
    }
    if (!warned) {
      warned = true;
      LOG.warn(
          "the Lease {}/{} cannot be held ({}): the proxy's identity needs the rights to \"get\","
              + " \"create\" and \"update\" leases there; until then it writes no conditions",
          namespace,
          name,
          e.getCode());
    }
  }

  private boolean acquireOrRenew() {
    if (closed) {
      return false;
    }
    long now = time.nanoTime(); // before it is asked: what it answers may be as old as that
    Resource<Lease> resource = client.leases().inNamespace(namespace).withName(name);
    Lease lease = resource.get();
    if (lease == null) {
      client.leases().inNamespace(namespace).resource(mine(null)).create();
    } else {
      Renewal renewal = Renewal.of(lease);
      if (!renewal.equals(seen)) {
        seen = renewal;
        seenAt = now;
      }
      if (!isMine(lease) && isHeldByAnother(lease) && now - seenAt < lasts(lease)) {
        return false;
      }
      seen = Renewal.of(client.leases().inNamespace(namespace).resource(mine(lease)).update());
      seenAt = now;
    }
    renewedAt = now;
    warned = false;
    return true;
  }

  private boolean isMine(Lease lease) {
    return lease.getSpec() != null && identity.equals(lease.getSpec().getHolderIdentity());
  }

  private static boolean isHeldByAnother(Lease lease) {
    LeaseSpec spec = lease.getSpec();
    return spec != null && spec.getHolderIdentity() != null && !spec.getHolderIdentity().isEmpty();
  }

  private static long lasts(Lease lease) {
    Integer seconds = lease.getSpec().getLeaseDurationSeconds();
    Duration told = seconds == null ? LASTS : Duration.ofSeconds(seconds);
    Duration least = told.compareTo(LASTS) < 0 ? LASTS : told;
    return (least.compareTo(MOST_BELIEVED) > 0 ? MOST_BELIEVED : least).toNanos();
  }

  private Lease mine(@Nullable Lease before) {
    ZonedDateTime now = ZonedDateTime.now(ZoneOffset.UTC);
    LeaseBuilder lease =
        before == null
            ? new LeaseBuilder().withNewMetadata().withName(name).endMetadata()
            : new LeaseBuilder(before);
    boolean renewal = before != null && isMine(before);
    Integer transitions =
        before == null || before.getSpec() == null ? null : before.getSpec().getLeaseTransitions();
    return lease
        .editOrNewSpec()
        .withHolderIdentity(identity)
        .withLeaseDurationSeconds((int) LASTS.toSeconds())
        .withRenewTime(now)
        .withAcquireTime(renewal && before != null ? before.getSpec().getAcquireTime() : now)
        .withLeaseTransitions(before == null ? 0 : transitions(transitions) + (renewal ? 0 : 1))
        .withStrategy(null) // nobody else is to choose the holder
        .withPreferredHolder(null)
        .endSpec()
        .build();
  }

  /** The number of holders so far; one that leaves no room for the next begins anew. */
  private static int transitions(@Nullable Integer told) {
    return told == null || told < 0 || told == Integer.MAX_VALUE ? 0 : told;
  }

  /** Gives the Lease up, so that another replica need not wait for its end. */
  @Override
  public void close() {
    boolean held = isHeld();
    closed = true;
    repetition.close();
    if (!held) {
      return;
    }
    try {
      Lease lease = client.leases().inNamespace(namespace).withName(name).get();
      if (lease != null && isMine(lease)) {
        lease.getSpec().setHolderIdentity("");
        lease.getSpec().setLeaseDurationSeconds(1);
        var unused = client.leases().inNamespace(namespace).resource(lease).update();
      }
    } catch (KubernetesClientException e) {
      LOG.debug("the Lease {}/{} will run out by itself", namespace, name, e);
    }
  }
}
