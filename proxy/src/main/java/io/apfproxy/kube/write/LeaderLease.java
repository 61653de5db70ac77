package io.apfproxy.kube.write;

import io.apfproxy.time.TimeSource;
import io.apfproxy.timer.Repetition;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Competes for a Lease as long as it is open: its holder is the one replica that writes.
 * Thread-safe.
 */
public final class LeaderLease implements AutoCloseable {
  /*
   * When another's Lease has expired, LeaseExpiry says. A holder that could not renew stops believing in itself well before the
   * others may take over. One thread does all but the giving up, and no lock is held while the upstream is asked.
   * Source: specification security.md S75.
   */
  private static final Logger LOG = LoggerFactory.getLogger(LeaderLease.class);
  private static final Duration LASTS = Duration.ofSeconds(15);
  private static final Duration BELIEVED = Duration.ofSeconds(10);
  private static final Duration RETRY = Duration.ofSeconds(2);

  private final String name;
  private final Leases leases;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final String identity = UUID.randomUUID().toString();
  private final TimeSource time;
  private final Repetition repetition;
  private volatile boolean won;
  private volatile long renewedAt;
  private volatile boolean closed;

  // Used by the thread of the repetition only.
  private final LeaseExpiry expiry = new LeaseExpiry(LASTS);
  private boolean warned;

  private LeaderLease(Leases leases, String name, TimeSource time, Duration retry) {
    this.leases = leases;
    this.name = name;
    this.time = time;
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
    LeaderLease lease = new LeaderLease(new Leases(client), name, time, retry);
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
        LOG.info("this replica holds the Lease {}/{}", leases.namespace(), name);
        listeners.forEach(Runnable::run);
      }
    } catch (KubernetesClientException e) {
      refused(e);
    } catch (RuntimeException e) {
      LOG.error("the Lease {}/{} is not competed for", leases.namespace(), name, e);
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
          leases.namespace(),
          name,
          e.getCode());
    }
  }

  private boolean acquireOrRenew() {
    if (closed) {
      return false;
    }
    long now = time.nanoTime(); // before it is asked: what it answers may be as old as that
    Lease lease = leases.read(name);
    if (lease != null) {
      expiry.sees(lease, now);
      if (isAnothers(lease) && !expiry.isExpired(lease, now)) {
        return false;
      }
    }
    expiry.sees(leases.hold(name, lease, identity, LASTS), now);
    renewedAt = now;
    warned = false;
    return true;
  }

  private boolean isAnothers(Lease lease) {
    String holder = Leases.holder(lease);
    return !holder.isEmpty() && !holder.equals(identity);
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
      Lease lease = leases.read(name);
      if (lease != null && Leases.holder(lease).equals(identity)) {
        leases.giveUp(lease);
      }
    } catch (KubernetesClientException e) {
      LOG.debug("the Lease {}/{} will run out by itself", leases.namespace(), name, e);
    }
  }
}
