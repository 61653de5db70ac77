package io.apfproxy.kube.watch;

import io.apfproxy.config.Kind;
import io.apfproxy.config.ObjectKey;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.HashMap;
import java.util.Map;

/**
 * Doubts a kind of which suddenly nothing is left: a server that has just started, or a proxy in
 * between, may say so wrongly, and all limits would be gone. Not thread-safe. Source: specification
 * security.md S70.
 */
final class EmptyLists {
  private final Map<Kind<?>, Long> doubtedAt = new HashMap<>();

  /**
   * What to keep until a second list has said that it is gone.
   *
   * @param before what counted until now
   * @param read what is there
   * @param lists how often everything was listed so far
   */
  Map<ObjectKey, GenericKubernetesResource> keep(
      Map<ObjectKey, GenericKubernetesResource> before,
      Map<ObjectKey, GenericKubernetesResource> read,
      long lists) {
    Map<ObjectKey, GenericKubernetesResource> kept = new HashMap<>();
    for (Kind<?> kind : Kind.all()) {
      Map<ObjectKey, GenericKubernetesResource> had = new HashMap<>(before);
      had.keySet().removeIf(key -> !key.kind().equals(kind));
      if (had.isEmpty() || read.keySet().stream().anyMatch(key -> key.kind().equals(kind))) {
        doubtedAt.remove(kind);
      } else if (lists <= doubtedAt.computeIfAbsent(kind, first -> lists)) {
        kept.putAll(had);
      }
    }
    return kept;
  }
}
