package io.apfproxy.kube.write;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.apfproxy.config.BootstrapUpkeep;
import io.apfproxy.config.BootstrapUpkeep.Step;
import io.apfproxy.config.ObjectKey;
import io.apfproxy.config.SourceObject;
import io.apfproxy.kube.watch.WatchedKind;
import io.apfproxy.source.ObjectDecoder;
import io.apfproxy.source.SpecEncoder;
import io.apfproxy.timer.Repetition;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the mandatory and the suggested objects as custom resources, as kube-apiserver keeps its
 * own: {@link BootstrapUpkeep} says what to do. Of several replicas the holder of the Lease does
 * it. Thread-safe.
 */
public final class BootstrapEnsurer implements AutoCloseable {
  /*
   * One pass when the Lease is won, then one a minute; the first error ends a pass, and the next comes soon. Objects are listed anew
   * for each, so that nothing is decided on a cache that fell silent, and written only in the version they were seen in.
   */
  private static final Logger LOG = LoggerFactory.getLogger(BootstrapEnsurer.class);
  private static final String GROUP = "flowcontrol.apf-proxy.io";
  private static final String VERSION = "v1";
  private static final Duration PERIOD = Duration.ofMinutes(1);
  private static final Duration RETRY = Duration.ofSeconds(2);
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final KubernetesClient client;
  private final LeaderLease lease;
  private final Repetition repetition;

  // Used by the thread of the repetition only.
  private @Nullable Long doneAt;
  private String told = "";

  private BootstrapEnsurer(KubernetesClient client, LeaderLease lease) {
    this.client = client;
    this.lease = lease;
    this.repetition = Repetition.alone("bootstrap-objects", RETRY, this::passIfDue);
  }

  /**
   * Begins.
   *
   * @param client not closed by this class
   * @param lease tells whether this replica is the one to write; not closed by this class
   */
  public static BootstrapEnsurer open(KubernetesClient client, LeaderLease lease) {
    return new BootstrapEnsurer(client, lease);
  }

  private void passIfDue() {
    long now = System.nanoTime();
    if (!lease.isHeld()) {
      doneAt = null;
      return;
    }
    if (doneAt != null && now - doneAt < PERIOD.toNanos()) {
      return;
    }
    try {
      pass();
      doneAt = now;
      told = "";
    } catch (KubernetesClientException e) {
      tell(reason(e));
    } catch (RuntimeException e) {
      tell(e.toString());
    }
  }

  private void tell(String trouble) {
    if (!trouble.equals(told)) {
      told = trouble;
      LOG.warn("mandatory and suggested objects are not kept: {}", trouble);
    }
  }

  private static String reason(KubernetesClientException e) {
    return switch (e.getCode()) {
      case 401, 403 ->
          "the proxy's identity needs the rights to \"list\", \"create\", \"update\" and \"delete\""
              + " flowschemas and prioritylevelconfigurations in "
              + GROUP
              + " ("
              + e.getCode()
              + ")";
      case NOT_FOUND -> "the kinds are not served; kubectl apply -f crds/ brings them";
      case 0 -> "the upstream does not answer";
      default -> "the upstream answers " + e.getCode() + ": " + e.getMessage();
    };
  }

  private void pass() {
    Map<ObjectKey, GenericKubernetesResource> resources = new TreeMap<>();
    Map<ObjectKey, SourceObject> stored = new TreeMap<>();
    for (ObjectKey.Kind kind : ObjectKey.Kind.values()) {
      for (GenericKubernetesResource resource : kind(kind).list().getItems()) {
        ObjectKey key = new ObjectKey(kind, resource.getMetadata().getName());
        resources.put(key, resource);
        ObjectDecoder.stored(JSON.valueToTree(resource), "stored")
            .object()
            .ifPresent(object -> stored.put(key, object));
      }
    }
    for (Step step : BootstrapUpkeep.steps(stored)) {
      if (!lease.isHeld()) {
        return;
      }
      run(step, resources.get(step.key()));
    }
  }

  private void run(Step step, @Nullable GenericKubernetesResource present) {
    try {
      switch (step.action()) {
        case CREATE -> {
          var unused = kind(step.key().kind()).resource(fresh(step)).create();
        }
        case UPDATE -> {
          GenericKubernetesResource revised = revise(step, Objects.requireNonNull(present));
          var unused = kind(step.key().kind()).resource(revised).update();
        }
        case DELETE -> {
          var unused = kind(step.key().kind()).resource(Objects.requireNonNull(present)).delete();
        }
      }
      LOG.info("{}: {} as kube-apiserver keeps its own", step.key(), done(step));
    } catch (KubernetesClientException e) {
      if (!isChangedMeanwhile(step, e)) {
        throw e;
      }
      LOG.debug("{} was changed meanwhile", step.key(), e);
    }
  }

  /** The next pass looks again. Who creates finds nothing only where the kind itself is missing. */
  private static boolean isChangedMeanwhile(Step step, KubernetesClientException e) {
    return e.getCode() == CONFLICT
        || (e.getCode() == NOT_FOUND && step.action() != BootstrapUpkeep.Action.CREATE);
  }

  private static String done(Step step) {
    return switch (step.action()) {
      case CREATE -> "created";
      case UPDATE ->
          step.spec() == null
              ? BootstrapUpkeep.AUTO_UPDATE + " set to " + step.autoUpdate()
              : "its spec was put back";
      case DELETE -> "deleted, it is built in no longer";
    };
  }

  private static GenericKubernetesResource fresh(Step step) {
    GenericKubernetesResource resource = new GenericKubernetesResource();
    resource.setApiVersion(GROUP + "/" + VERSION);
    resource.setKind(step.key().kind().apiName());
    resource.setMetadata(
        new ObjectMetaBuilder()
            .withName(step.key().name())
            .addToAnnotations(BootstrapUpkeep.AUTO_UPDATE, "true")
            .build());
    resource.setAdditionalProperty("spec", SpecEncoder.spec(Objects.requireNonNull(step.spec())));
    return resource;
  }

  private static GenericKubernetesResource revise(Step step, GenericKubernetesResource present) {
    SourceObject spec = step.spec();
    if (spec != null) {
      present.setAdditionalProperty("spec", SpecEncoder.spec(spec));
    }
    present.setMetadata(
        new ObjectMetaBuilder(present.getMetadata())
            .addToAnnotations(BootstrapUpkeep.AUTO_UPDATE, Boolean.toString(step.autoUpdate()))
            .build());
    return present;
  }

  private MixedOperation<
          GenericKubernetesResource,
          GenericKubernetesResourceList,
          Resource<GenericKubernetesResource>>
      kind(ObjectKey.Kind kind) {
    return client.genericKubernetesResources(WatchedKind.contextOf(kind, GROUP, VERSION));
  }

  @Override
  public void close() {
    repetition.close();
  }
}
