package io.apfproxy.kube.write;

import io.apfproxy.classify.Hazard;
import io.apfproxy.config.ConfigurationPlan.Verdict;
import io.apfproxy.config.FieldError;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.config.Kind;
import io.apfproxy.config.Listing;
import io.apfproxy.config.ObjectKey;
import io.apfproxy.kube.watch.ClusterSource;
import io.apfproxy.kube.watch.WatchedKind;
import io.apfproxy.time.TimeSource;
import io.apfproxy.timer.Repetition;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes into our custom resources what became of them: conditions, and an event for one that is
 * newly invalid. Of several replicas the holder of a Lease does. Thread-safe.
 */
public final class ConditionWriter implements AutoCloseable {
  /*
   * Conditions are applied by one field manager, which owns all of them, and only where they differ from what stands there. All is
   * written by one thread, which alone waits for the upstream: whoever reports only leaves the report there.
   */
  private static final Logger LOG = LoggerFactory.getLogger(ConditionWriter.class);
  private static final String MANAGER = "apf-proxy";
  private static final String EVENT_NAMESPACE =
      "default"; // where events of cluster-wide objects are
  private static final Duration PERIOD = Duration.ofSeconds(10);

  /** In one run: more are hardly to blame each for itself, and are tried by and by. */
  private static final int MOST_REFUSED = 10;

  private final KubernetesClient client;
  private final ClusterSource source;
  private final LeaderLease lease;
  private final Repetition repetition;
  private final Function<FlowControlConfiguration, List<Hazard>> idle;
  private volatile @Nullable Report report;

  // Used by the thread of the repetition only.
  private final WriteAllowance allowance;
  private boolean warned;

  /**
   * @param hazards what is seldom meant, by object
   */
  private record Report(
      List<Verdict> verdicts, FlowControlConfiguration inForce, Map<ObjectKey, String> hazards) {}

  private ConditionWriter(
      KubernetesClient client,
      ClusterSource source,
      LeaderLease lease,
      Function<FlowControlConfiguration, List<Hazard>> idle,
      TimeSource time,
      Duration period) {
    this.client = client;
    this.idle = idle;
    this.source = source;
    this.lease = lease;
    this.allowance = new WriteAllowance(time);
    this.repetition = Repetition.alone("conditions", period, this::write);
  }

  /**
   * Begins; nothing is written before the first report.
   *
   * @param client not closed by this class
   * @param source knows the objects as they are
   * @param lease tells whether this replica is the one to write; not closed by this class
   * @param idle what has no effect in a proxy that was started as this one
   */
  public static ConditionWriter open(
      KubernetesClient client,
      ClusterSource source,
      LeaderLease lease,
      Function<FlowControlConfiguration, List<Hazard>> idle) {
    return open(client, source, lease, idle, TimeSource.system(), PERIOD);
  }

  static ConditionWriter open(
      KubernetesClient client,
      ClusterSource source,
      LeaderLease lease,
      Function<FlowControlConfiguration, List<Hazard>> idle,
      TimeSource time,
      Duration period) {
    ConditionWriter writer = new ConditionWriter(client, source, lease, idle, time, period);
    lease.onHeld(writer.repetition::now);
    return writer;
  }

  /**
   * Takes over what is to be written, and writes it soon if this replica is the one to write. Never
   * blocks.
   */
  public void report(List<Verdict> verdicts, FlowControlConfiguration inForce) {
    Report before = report;
    Map<ObjectKey, String> hazards =
        before != null && before.inForce().equals(inForce) ? before.hazards() : hazards(inForce);
    report = new Report(verdicts, inForce, hazards);
    repetition.now();
  }

  private Map<ObjectKey, String> hazards(FlowControlConfiguration inForce) {
    return Stream.concat(Hazard.of(inForce).stream(), idle.apply(inForce).stream())
        .collect(Collectors.toMap(Hazard::object, Hazard::message, (a, b) -> a + "; " + b));
  }

  private void write() {
    Report current = report;
    if (current == null || !lease.isHeld()) {
      return;
    }
    List<Verdict> own =
        current.verdicts().stream()
            .filter(verdict -> verdict.source().equals(source.name()))
            .toList();
    allowance.retain(
        own.stream().map(verdict -> verdict.object().key()).collect(Collectors.toSet()));
    try {
      int refused = 0;
      for (Verdict verdict : own) {
        if (isOutdated(current) || !lease.isHeld() || refused == MOST_REFUSED) {
          return; // what is newer, or left, is written by the next run
        }
        refused += write(verdict, current) ? 0 : 1;
      }
      if (refused == 0) {
        warned = false;
      }
    } catch (RuntimeException e) {
      LOG.error("conditions are not written", e);
    }
  }

  @SuppressWarnings("ReferenceEquality") // which one it is, not what it says
  private boolean isOutdated(Report current) {
    return report != current;
  }

  /**
   * @return false if it was refused; then its turn comes again later
   */
  private boolean write(Verdict verdict, Report current) {
    ObjectKey key = verdict.object().key();
    Optional<GenericKubernetesResource> found = source.resource(key);
    if (found.isEmpty()) {
      return true;
    }
    GenericKubernetesResource resource = found.get();
    List<Condition> before = Conditions.of(resource);
    List<Condition> wanted =
        Conditions.wanted(
            verdict, current.inForce(), current.hazards(), resource.getMetadata().getGeneration());
    if (Conditions.say(before, wanted) || !allowance.take(key)) {
      return true;
    }
    Conditions.date(wanted, before, Instant.now().truncatedTo(ChronoUnit.SECONDS));
    GenericKubernetesResource patch = new GenericKubernetesResource();
    patch.setApiVersion(resource.getApiVersion());
    patch.setKind(resource.getKind());
    patch.setMetadata(
        new io.fabric8.kubernetes.api.model.ObjectMetaBuilder().withName(key.name()).build());
    patch.setAdditionalProperty("status", Map.of("conditions", wanted));
    PatchContext apply = PatchContext.of(PatchType.SERVER_SIDE_APPLY);
    apply.setFieldManager(MANAGER);
    apply.setForce(true);
    try {
      var unused =
          client
              .genericKubernetesResources(context(resource, key))
              .withName(key.name())
              .subresource("status")
              .patch(apply, patch);
    } catch (KubernetesClientException e) {
      boolean deleted = e.getCode() == 404; // meanwhile
      if (!deleted) {
        allowance.refused(key);
        warn(key, e.getCode());
      }
      return deleted;
    }
    allowance.written(key);
    if (!verdict.object().isValid() && Conditions.newlyInvalid(before, wanted)) {
      warn(resource, verdict);
    }
    return true;
  }

  private void warn(ObjectKey key, int code) {
    if (!warned) {
      warned = true;
      LOG.warn(
          "conditions are not written, of {} first ({}): the proxy's identity needs the right to"
              + " \"patch\" {} in flowcontrol.apf-proxy.io",
          key,
          code,
          Listing.of(Kind.all().stream().map(kind -> kind.plural() + "/status").toList(), "and"));
    }
  }

  private static ResourceDefinitionContext context(
      GenericKubernetesResource resource, ObjectKey key) {
    String[] version = resource.getApiVersion().split("/", 2);
    return WatchedKind.contextOf(key.kind(), version[0], version[1]);
  }

  /** An event is a courtesy: without the right to write it nothing is missing but itself. */
  private void warn(GenericKubernetesResource resource, Verdict verdict) {
    String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    String message =
        verdict.object().errors().stream()
            .map(FieldError::toString)
            .collect(Collectors.joining("; "));
    try {
      var unused =
          client
              .v1()
              .events()
              .inNamespace(EVENT_NAMESPACE)
              .resource(
                  new EventBuilder()
                      .withNewMetadata()
                      .withGenerateName(resource.getMetadata().getName() + ".")
                      .withNamespace(EVENT_NAMESPACE)
                      .endMetadata()
                      .withNewInvolvedObject()
                      .withApiVersion(resource.getApiVersion())
                      .withKind(resource.getKind())
                      .withName(resource.getMetadata().getName())
                      .withUid(resource.getMetadata().getUid())
                      .withResourceVersion(resource.getMetadata().getResourceVersion())
                      .endInvolvedObject()
                      .withType("Warning")
                      .withReason("Invalid")
                      .withMessage(message.length() > 1000 ? message.substring(0, 1000) : message)
                      .withNewSource()
                      .withComponent(MANAGER)
                      .endSource()
                      .withFirstTimestamp(now)
                      .withLastTimestamp(now)
                      .withCount(1)
                      .build())
              .create();
    } catch (KubernetesClientException e) {
      LOG.debug("no event for {}: {}", verdict.object().key(), e.getCode());
    }
  }

  @Override
  public void close() {
    repetition.close();
  }
}
