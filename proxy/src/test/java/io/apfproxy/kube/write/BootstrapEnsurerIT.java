package io.apfproxy.kube.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.config.BootstrapUpkeep;
import io.apfproxy.config.BuiltInObjects;
import io.apfproxy.config.Kind;
import io.apfproxy.kube.watch.WatchedKind;
import io.apfproxy.time.ManualTime;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Built-in objects are kept in fabric8's mock server, a pass a minute of a clock moved by hand. */
@Timeout(120)
@EnableKubernetesMockClient(crud = true)
class BootstrapEnsurerIT {
  private static final Duration FAST = Duration.ofMillis(20);
  private static final ResourceDefinitionContext LEVELS =
      WatchedKind.contextOf(Kind.PRIORITY_LEVEL, "flowcontrol.apf-proxy.io", "v1");

  @SuppressWarnings("NullAway.Init") // set by the extension
  KubernetesMockServer server;

  @SuppressWarnings("NullAway.Init") // set by the extension
  KubernetesClient client;

  private final ManualTime time = new ManualTime();

  @SuppressWarnings("NullAway.Init") // set before each test
  private LeaderLease lease;

  @SuppressWarnings("NullAway.Init") // set before each test
  private BootstrapEnsurer ensurer;

  @BeforeEach
  void open() {
    lease = LeaderLease.open(client, "writers");
    ensurer = BootstrapEnsurer.open(client, lease, time, FAST);
    await().atMost(Duration.ofSeconds(60)).until(() -> stored() == BuiltInObjects.all().size());
  }

  @AfterEach
  void close() {
    ensurer.close();
    lease.close();
  }

  private long stored() {
    return Kind.natives().stream()
        .map(kind -> WatchedKind.contextOf(kind, "flowcontrol.apf-proxy.io", "v1"))
        .mapToLong(context -> client.genericKubernetesResources(context).list().getItems().size())
        .sum();
  }

  @Test
  void createsWhatIsMissingWithItsSpec() {
    GenericKubernetesResource system = level("system");

    assertThat(system.getMetadata().getAnnotations())
        .containsEntry(BootstrapUpkeep.AUTO_UPDATE, "true");
    assertThat(system.<Integer>get("spec", "limited", "nominalConcurrencyShares")).isEqualTo(30);
  }

  @Test
  void putsASpecBackWithTheNextPassAMinuteLater() {
    share("system", 31);
    time.advance(Duration.ofSeconds(59));
    awaitSomeRounds();
    assertThat(shares("system")).isEqualTo(31);

    time.advance(Duration.ofSeconds(1));

    await().atMost(Duration.ofSeconds(60)).until(() -> shares("system") == 30);
  }

  @Test
  void deletesWhatCallsItselfBuiltInAndLeavesTheRest() {
    create("built-in-no-longer", Map.of(BootstrapUpkeep.AUTO_UPDATE, "true"));
    create("own", Map.of());

    time.advance(Duration.ofMinutes(1));

    await().atMost(Duration.ofSeconds(60)).until(() -> names().contains("own") && size() == 9);
    assertThat(names()).doesNotContain("built-in-no-longer");
  }

  /** Rounds of the ensurer in which nothing is due ask for nothing; the Lease alone is renewed. */
  private void awaitSomeRounds() {
    await().during(FAST.multipliedBy(10)).atMost(Duration.ofSeconds(60)).until(lease::isHeld);
  }

  private GenericKubernetesResource level(String name) {
    return client.genericKubernetesResources(LEVELS).withName(name).get();
  }

  private int shares(String name) {
    Integer shares = level(name).get("spec", "limited", "nominalConcurrencyShares");
    return shares;
  }

  private void share(String name, int shares) {
    GenericKubernetesResource changed = level(name);
    Map<String, Object> limited = changed.get("spec", "limited");
    limited.put("nominalConcurrencyShares", shares);
    var unused = client.genericKubernetesResources(LEVELS).resource(changed).update();
  }

  private void create(String name, Map<String, String> annotations) {
    GenericKubernetesResource level = new GenericKubernetesResource();
    level.setApiVersion("flowcontrol.apf-proxy.io/v1");
    level.setKind("PriorityLevelConfiguration");
    level.setMetadata(new ObjectMetaBuilder().withName(name).withAnnotations(annotations).build());
    level.setAdditionalProperty(
        "spec",
        Map.of("type", "Limited", "limited", Map.of("limitResponse", Map.of("type", "Reject"))));
    var unused = client.genericKubernetesResources(LEVELS).resource(level).create();
  }

  private List<String> names() {
    return client.genericKubernetesResources(LEVELS).list().getItems().stream()
        .map(level -> level.getMetadata().getName())
        .toList();
  }

  private int size() {
    return names().size();
  }
}
