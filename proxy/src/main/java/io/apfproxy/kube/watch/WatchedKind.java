package io.apfproxy.kube.watch;

import io.apfproxy.config.Kind;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The objects of one kind at the upstream, kept current. One thread at a time; it may block. */
public final class WatchedKind implements AutoCloseable {
  /*
   * An informer brings changes at once, but it can fall silent without noticing: a connection that died without a word, a proxy in
   * between that buffers. So its store is compared with a list now and then. If no event came while the list was fetched, the list
   * is at least as new as the store, and wins; a store that is behind belongs to a dead watch, and the informer is replaced, as is one
   * that does not watch, without waiting for its own back-off. Now and then this hits one that was about to hear: no harm done.
   *
   * A kind that kube-apiserver has not need not be served, nor may everybody who has set up the others read it: then it holds nothing.
   * That is believed only where it held nothing before: what is in force does not go because a server has just started.
   * Source: specification limits.md L-10.
   */
  private static final Logger LOG = LoggerFactory.getLogger(WatchedKind.class);
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;

  private final KubernetesClient client;
  private final String group;
  private final List<String> versions;
  private final Kind<?> kind;
  private final Runnable changed;
  private final AtomicLong events = new AtomicLong();

  private String version;
  private @Nullable SharedIndexInformer<GenericKubernetesResource> informer;
  private SortedMap<String, GenericKubernetesResource> listed = new TreeMap<>();
  private boolean listCounts = true;
  private boolean loaded;
  private boolean absent;

  /**
   * @param versions best first; the first that is served is used
   * @param changed called by a thread of the client when an event has come
   */
  WatchedKind(
      KubernetesClient client,
      String group,
      List<String> versions,
      Kind<?> kind,
      Runnable changed) {
    this.client = client;
    this.group = group;
    this.versions = versions;
    this.kind = kind;
    this.changed = changed;
    this.version = versions.get(0);
  }

  Kind<?> kind() {
    return kind;
  }

  /** Name of the custom resource definition, or what stands in its place. */
  String resource() {
    return kind.plural() + "." + group;
  }

  ResourceDefinitionContext context() {
    return contextOf(kind, group, version);
  }

  /** What the client must know of a kind of flow control to speak of its objects. */
  public static ResourceDefinitionContext contextOf(Kind<?> kind, String group, String version) {
    return new ResourceDefinitionContext.Builder()
        .withGroup(group)
        .withVersion(version)
        .withKind(kind.apiName())
        .withPlural(kind.plural())
        .withNamespaced(false)
        .build();
  }

  /** Whether it was ever listed. */
  boolean isLoaded() {
    return loaded;
  }

  /** All objects by name, as far as is known. */
  SortedMap<String, GenericKubernetesResource> objects() {
    SharedIndexInformer<GenericKubernetesResource> watching = informer;
    if (listCounts || watching == null || !watching.hasSynced()) {
      return listed;
    }
    return byName(watching.getStore().list());
  }

  /**
   * Lists, and sees to it that changes are watched.
   *
   * @throws KubernetesClientException if the list failed; what is known stays
   */
  void audit() {
    long before = events.get();
    SortedMap<String, GenericKubernetesResource> now;
    try {
      now = byName(list());
    } catch (KubernetesClientException e) {
      if (!mayBeAbsent(e.getCode())) {
        throw e;
      }
      becomeAbsent(e.getCode());
      return;
    }
    absent = false;
    loaded = true;
    listed = now;
    SharedIndexInformer<GenericKubernetesResource> watching = informer;
    if (watching == null || !watching.isRunning() || !watching.isWatching()) {
      listCounts = true;
      watch();
    } else if (events.get() != before || sameVersions(now, byName(watching.getStore().list()))) {
      listCounts = false;
    } else {
      listCounts = true;
      watch();
    }
  }

  private boolean mayBeAbsent(int code) {
    return !kind.isNative() && (code == NOT_FOUND || code == FORBIDDEN) && objects().isEmpty();
  }

  private void becomeAbsent(int code) {
    if (!absent) {
      if (code == NOT_FOUND) {
        LOG.info(
            "{} are not served, so there are none; kubectl apply -f crds/ brings them", resource());
      } else {
        LOG.warn(
            "the proxy's identity may not \"list\" and \"watch\" {}: none are in force",
            resource());
      }
    }
    close();
    informer = null;
    listed = new TreeMap<>();
    listCounts = true;
    loaded = true;
    absent = true;
  }

  private Collection<GenericKubernetesResource> list() {
    try {
      return client.genericKubernetesResources(context()).list().getItems();
    } catch (KubernetesClientException e) {
      int next = versions.indexOf(version) + 1;
      if (e.getCode() != NOT_FOUND || next == versions.size()) {
        version = e.getCode() == NOT_FOUND ? versions.get(0) : version;
        throw e;
      }
      version = versions.get(next);
      return list();
    }
  }

  private void watch() {
    close();
    SharedIndexInformer<GenericKubernetesResource> fresh =
        client.genericKubernetesResources(context()).runnableInformer(0);
    fresh.addEventHandler(new Events());
    fresh.exceptionHandler((started, failure) -> started);
    informer = fresh;
    var unused = fresh.start();
  }

  private static SortedMap<String, GenericKubernetesResource> byName(
      Collection<GenericKubernetesResource> objects) {
    SortedMap<String, GenericKubernetesResource> byName = new TreeMap<>();
    objects.forEach(object -> byName.put(object.getMetadata().getName(), object));
    return byName;
  }

  private static boolean sameVersions(
      SortedMap<String, GenericKubernetesResource> a,
      SortedMap<String, GenericKubernetesResource> b) {
    return a.keySet().equals(b.keySet())
        && a.entrySet().stream()
            .allMatch(entry -> version(entry.getValue()).equals(version(b.get(entry.getKey()))));
  }

  private static String version(@Nullable GenericKubernetesResource object) {
    return object == null ? "" : String.valueOf(object.getMetadata().getResourceVersion());
  }

  /** Whether a watch is open, as far as the client knows, or there is nothing to watch. */
  boolean isWatching() {
    SharedIndexInformer<GenericKubernetesResource> watching = informer;
    return absent || (watching != null && watching.isWatching());
  }

  /**
   * Whether the store is about to be filled: events that come before have to be looked at again.
   */
  boolean isFilling() {
    SharedIndexInformer<GenericKubernetesResource> watching = informer;
    return watching != null && watching.isRunning() && !watching.hasSynced();
  }

  /** An event has come: the store is ahead of the list. */
  void trustStore() {
    listCounts = false;
  }

  @Override
  public void close() {
    SharedIndexInformer<GenericKubernetesResource> old = informer;
    if (old != null) {
      old.stop();
    }
  }

  private final class Events implements ResourceEventHandler<GenericKubernetesResource> {
    @Override
    public void onAdd(GenericKubernetesResource added) {
      told();
    }

    @Override
    public void onUpdate(GenericKubernetesResource before, GenericKubernetesResource after) {
      told();
    }

    @Override
    public void onDelete(GenericKubernetesResource deleted, boolean finalStateUnknown) {
      told();
    }

    private void told() {
      events.incrementAndGet();
      changed.run();
    }
  }
}
