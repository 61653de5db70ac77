package io.apfproxy.kube.watch;

import io.apfproxy.config.Kind;
import io.apfproxy.config.ObjectKey;
import io.apfproxy.time.TimeSource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells objects that somebody deleted from objects that went with their custom resource definition.
 * Not thread-safe; may block.
 */
final class Vanished {
  /*
   * A definition that is deleted takes its objects with it, one event each, as if they had been deleted one by one. Nobody who
   * reinstalls the definitions means to take all limits away meanwhile. So the objects are kept until the definitions are back,
   * hold something again, and have stood still for a while.
   */
  private static final Logger LOG = LoggerFactory.getLogger(Vanished.class);

  private final @Nullable KubernetesClient client;
  private final Map<Kind<?>, String> definitions;
  private final Duration settling;
  private final TimeSource time;
  private Map<ObjectKey, GenericKubernetesResource> lastRead = Map.of();
  private long lastChange;
  private boolean keeping;
  private boolean warned;

  /**
   * @param definitions names of the custom resource definitions
   * @param settling how long what is there must have stood still before the rest counts as gone
   */
  Vanished(
      @Nullable KubernetesClient client,
      Map<Kind<?>, String> definitions,
      Duration settling,
      TimeSource time) {
    this.client = client;
    this.definitions = definitions;
    this.settling = settling;
    this.time = time;
    this.lastChange = time.nanoTime();
  }

  /** For kinds that cannot be taken away: what is gone is gone. */
  static Vanished believed() {
    return new Vanished(null, Map.of(), Duration.ZERO, TimeSource.system());
  }

  /**
   * What to keep though it is there no longer.
   *
   * @param before what counted until now
   * @param read what is there
   */
  Map<ObjectKey, GenericKubernetesResource> keep(
      Map<ObjectKey, GenericKubernetesResource> before,
      Map<ObjectKey, GenericKubernetesResource> read) {
    Map<ObjectKey, GenericKubernetesResource> gone = new HashMap<>(before);
    gone.keySet().removeAll(read.keySet());
    long now = time.nanoTime();
    if (!read.equals(lastRead)) {
      lastRead = Map.copyOf(read);
      lastChange = now;
    }
    if (gone.isEmpty()) {
      keeping = false;
      return gone;
    }
    boolean settled = !read.isEmpty() && now - lastChange >= settling.toNanos();
    keeping = goingAway(gone.keySet()) || (keeping && !settled);
    return keeping ? gone : Map.of();
  }

  /** A definition that was never there took nothing along: only those of what is gone are asked. */
  private boolean goingAway(Set<ObjectKey> gone) {
    if (client == null) {
      return false;
    }
    Set<Kind<?>> kinds = new TreeSet<>();
    gone.forEach(key -> kinds.add(key.kind()));
    try {
      for (Kind<?> kind : kinds) {
        String name = definitions.get(kind);
        CustomResourceDefinition definition =
            client.apiextensions().v1().customResourceDefinitions().withName(name).get();
        if (definition == null || definition.getMetadata().getDeletionTimestamp() != null) {
          return true;
        }
      }
    } catch (KubernetesClientException e) {
      if (!warned) {
        warned = true;
        LOG.warn(
            "cannot read the custom resource definitions ({}): if they are deleted, their objects"
                + " count as deleted, too; the proxy's identity needs the right to \"get\" {}",
            e.getCode(),
            definitions.values());
      }
    }
    return false;
  }
}
