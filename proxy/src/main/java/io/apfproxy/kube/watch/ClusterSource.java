package io.apfproxy.kube.watch;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.apfproxy.config.Kind;
import io.apfproxy.config.Listing;
import io.apfproxy.config.ObjectKey;
import io.apfproxy.config.SourceObject;
import io.apfproxy.source.FlowSource;
import io.apfproxy.source.ObjectDecoder;
import io.apfproxy.time.TimeSource;
import io.apfproxy.timer.Timers;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Schemas, levels and rate limits out of the cluster: our custom resources, or kube-apiserver's own
 * objects, which are only read. Thread-safe.
 */
public final class ClusterSource implements FlowSource {
  /*
   * Never fails, whatever the upstream does: what was read stays, the trouble is told, and reading goes on. One thread does all.
   */
  private static final Logger LOG = LoggerFactory.getLogger(ClusterSource.class);
  private static final Duration FILLING = Duration.ofMillis(50);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String name;
  private final List<WatchedKind> kinds;
  private final Vanished vanished;
  private final EmptyLists emptyLists = new EmptyLists();
  private final Periods periods;
  private final Timers thread;
  private final AtomicBoolean refreshing = new AtomicBoolean();
  private volatile Runnable changed = () -> {};
  private volatile Snapshot snapshot = Snapshot.NOTHING;
  private volatile Map<ObjectKey, GenericKubernetesResource> resources = Map.of();
  private volatile long currentAt = System.nanoTime();
  private long lists; // of the one thread, as the next
  private long listedAt = currentAt;

  /**
   * How often the upstream is asked.
   *
   * @param well between two lists while all is well
   * @param trouble between two lists while something is not
   * @param settling how long restored objects must have stood still before missing ones are
   *     believed to be gone
   */
  public record Periods(Duration well, Duration trouble, Duration settling) {
    /** For production. */
    public static final Periods STANDARD =
        new Periods(Duration.ofSeconds(10), Duration.ofSeconds(2), Duration.ofSeconds(5));
  }

  private ClusterSource(
      KubernetesClient client,
      String name,
      String group,
      List<String> versions,
      boolean custom,
      Periods periods) {
    this.name = name;
    this.periods = periods;
    this.kinds =
        (custom ? Kind.all() : Kind.natives())
            .stream()
                .map(kind -> new WatchedKind(client, group, versions, kind, this::event))
                .toList();
    this.vanished =
        custom
            ? new Vanished(
                client,
                kinds.stream().collect(Collectors.toMap(WatchedKind::kind, WatchedKind::resource)),
                periods.settling(),
                TimeSource.system())
            : Vanished.believed();
    this.thread = new Timers("flowcontrol-" + name);
  }

  /**
   * Our custom resources.
   *
   * @param client not closed by this class
   */
  public static ClusterSource custom(KubernetesClient client, Periods periods) {
    return new ClusterSource(
        client, "crd", "flowcontrol.apf-proxy.io", List.of("v1"), true, periods);
  }

  /**
   * The cluster's own objects, in version v1, or v1beta3 where only that is served.
   *
   * @param client not closed by this class
   */
  public static ClusterSource builtIntoKubernetes(KubernetesClient client, Periods periods) {
    return new ClusterSource(
        client, "native", "flowcontrol.apiserver.k8s.io", List.of("v1", "v1beta3"), false, periods);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Snapshot snapshot() {
    return snapshot;
  }

  @Override
  public double ageSeconds() {
    return (System.nanoTime() - currentAt) / 1e9;
  }

  /** The object as the upstream has it, with its status. */
  public Optional<GenericKubernetesResource> resource(ObjectKey key) {
    return Optional.ofNullable(resources.get(key));
  }

  @Override
  public void start(Runnable listener) {
    changed = listener;
    thread.after(0, this::audit);
  }

  /** On a thread of the client. */
  private void event() {
    if (refreshing.compareAndSet(false, true)) {
      thread.after(
          0,
          () -> {
            refreshing.set(false);
            kinds.forEach(WatchedKind::trustStore);
            publish(snapshot.trouble());
            if (kinds.stream().anyMatch(WatchedKind::isFilling)) {
              thread.after(FILLING.toNanos(), this::event);
            }
          });
    }
  }

  private void audit() {
    Duration next = periods.trouble();
    try {
      list();
      if (snapshot.trouble().isEmpty() && kinds.stream().allMatch(WatchedKind::isWatching)) {
        next = periods.well();
      }
    } finally {
      thread.after(next.toNanos(), this::audit);
    }
  }

  private void list() {
    String trouble = "";
    long now = System.nanoTime();
    try {
      kinds.forEach(WatchedKind::audit);
      lists++;
      listedAt = now;
    } catch (KubernetesClientException e) {
      trouble = reason(e);
    } catch (RuntimeException e) { // an object without a name, and whatever else nobody thought of
      LOG.debug("what the upstream lists cannot be read", e);
      trouble = "what the upstream lists cannot be read (" + e.getClass().getSimpleName() + ")";
    }
    publish(trouble);
  }

  private String reason(KubernetesClientException e) {
    List<String> names = new ArrayList<>(kinds.stream().map(kind -> kind.kind().plural()).toList());
    names.set(0, kinds.get(0).resource());
    String what = Listing.of(names, "and");
    return switch (e.getCode()) {
      case 401, 403 ->
          "the proxy's identity may not \"list\" and \"watch\" " + what + " (" + e.getCode() + ")";
      case 404 -> what + " are not served; kubectl apply -f crds/ brings them";
      case 0 -> "the upstream does not answer";
      default -> "the upstream answers " + e.getCode() + " for " + what;
    };
  }

  private void publish(String troubleOfRead) {
    if (!kinds.stream().allMatch(WatchedKind::isLoaded)) {
      update(snapshot.inTrouble(troubleOfRead.isEmpty() ? "not read yet" : troubleOfRead));
      return;
    }
    Map<ObjectKey, GenericKubernetesResource> read = new TreeMap<>();
    for (WatchedKind kind : kinds) {
      kind.objects().forEach((id, object) -> read.put(new ObjectKey(kind.kind(), id), object));
    }
    String trouble = troubleOfRead;
    if (trouble.isEmpty()) {
      Map<ObjectKey, GenericKubernetesResource> kept = vanished.keep(resources, read);
      if (!kept.isEmpty()) {
        read.putAll(kept);
        trouble = "a custom resource definition was deleted; what it held stays in force";
      }
      Map<ObjectKey, GenericKubernetesResource> doubted = emptyLists.keep(resources, read, lists);
      if (!doubted.isEmpty()) {
        read.putAll(doubted);
        trouble = "all objects of a kind are gone; they count until a second list says so";
      }
    } else {
      resources.forEach(read::putIfAbsent);
    }
    resources = read;
    update(
        new Snapshot(
            true, read.values().stream().flatMap(o -> decode(o).stream()).toList(), trouble));
  }

  private void update(Snapshot next) {
    Snapshot before = snapshot;
    if (next.trouble().isEmpty()) {
      currentAt = listedAt; // before what was listed is seen
    }
    if (next.equals(before)) {
      return;
    }
    snapshot = next;
    if (!next.trouble().equals(before.trouble())) {
      if (next.trouble().isEmpty()) {
        LOG.info("source {} is read, {} objects", name, next.objects().size());
      } else {
        LOG.warn("source {}: {}; flow control stays as it is", name, next.trouble());
      }
    }
    changed.run();
  }

  private static Optional<SourceObject> decode(GenericKubernetesResource resource) {
    String place = "generation " + resource.getMetadata().getGeneration();
    return ObjectDecoder.stored(JSON.valueToTree(resource), place).object();
  }

  @Override
  public void close() {
    thread.close();
    kinds.forEach(WatchedKind::close);
  }
}
