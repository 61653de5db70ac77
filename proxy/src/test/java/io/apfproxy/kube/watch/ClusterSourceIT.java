package io.apfproxy.kube.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.config.Kind;
import io.apfproxy.config.SourceObject;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.api.model.ListMetaBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.api.model.WatchEvent;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Reads objects out of a cluster, as far as it lets; against fabric8's mock server. */
@EnableKubernetesMockClient
class ClusterSourceIT {
  private static final ClusterSource.Periods FAST =
      new ClusterSource.Periods(
          Duration.ofMillis(100), Duration.ofMillis(50), Duration.ofMillis(200));
  private static final String NATIVE = "/apis/flowcontrol.apiserver.k8s.io/";
  private static final String OURS = "/apis/flowcontrol.apf-proxy.io/v1/";

  @SuppressWarnings("NullAway.Init") // set by the extension
  KubernetesMockServer server;

  @SuppressWarnings("NullAway.Init") // set by the extension
  KubernetesClient client;

  @SuppressWarnings("NullAway.Init") // set by each test
  private ClusterSource source;

  private final AtomicInteger changes = new AtomicInteger();

  @AfterEach
  void close() {
    source.close();
  }

  private void start(ClusterSource opened) {
    source = opened;
    source.start(changes::incrementAndGet);
  }

  @Test
  void takesV1beta3WhereV1IsNotServed() {
    lists(NATIVE + "v1beta3/flowschemas", list());
    lists(
        NATIVE + "v1beta3/prioritylevelconfigurations",
        list(
            level(
                "flowcontrol.apiserver.k8s.io/v1beta3",
                "a",
                Map.of("nominalConcurrencyShares", 0))));

    start(ClusterSource.builtIntoKubernetes(client, FAST));

    await().until(() -> source.snapshot().loaded());
    // zero is the default there
    assertThat(shares()).containsExactly("a 30");
    assertThat(source.snapshot().trouble()).isEmpty();
  }

  /** Whoever is told that it was read asks at once how old that is. */
  @Test
  void isCurrentFromWhenItWasReadOnceThatIsToldOf() {
    lists(OURS + "flowschemas", list());
    lists(OURS + "prioritylevelconfigurations", list());
    source = ClusterSource.custom(client, FAST);
    AtomicReference<Double> tooOld = new AtomicReference<>();
    long before = System.nanoTime();
    source.start(
        () -> {
          if (source.snapshot().loaded()) {
            double age = source.ageSeconds();
            tooOld.compareAndSet(null, age - (System.nanoTime() - before) / 1e9);
          }
        });

    await().until(() -> tooOld.get() != null);
    assertThat(tooOld.get()).isNegative();
  }

  @Test
  void saysThatTheKindsAreMissingAndFindsThemLater() {
    start(ClusterSource.custom(client, FAST));
    await()
        .until(
            () ->
                source
                    .snapshot()
                    .trouble()
                    .equals(
                        "flowschemas.flowcontrol.apf-proxy.io, prioritylevelconfigurations and"
                            + " ratelimits are not served; kubectl apply -f crds/ brings them"));
    assertThat(source.snapshot().loaded()).isFalse();

    lists(OURS + "flowschemas", list());
    lists(
        OURS + "prioritylevelconfigurations",
        list(level("flowcontrol.apf-proxy.io/v1", "a", Map.of("unknownField", 1))));

    await().until(() -> source.snapshot().loaded() && source.snapshot().trouble().isEmpty());
    // a server may know more fields than we do
    assertThat(shares()).containsExactly("a 30");
    assertThat(source.snapshot().objects()).allMatch(SourceObject::isValid);
  }

  /** L-10: a cluster of schemas and levels alone is as well as ever. */
  @Test
  void doesWithoutRateLimitsWhereTheyAreNotServedAndFindsThemLater() {
    lists(OURS + "flowschemas", list());
    lists(
        OURS + "prioritylevelconfigurations",
        list(level("flowcontrol.apf-proxy.io/v1", "a", Map.of())));

    start(ClusterSource.custom(client, FAST));
    await().atMost(Duration.ofSeconds(60)).until(() -> source.snapshot().loaded());
    assertThat(source.snapshot().trouble()).isEmpty();
    assertThat(source.snapshot().objects()).hasSize(1);

    lists(OURS + "ratelimits", list(limit("l")));
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(source.snapshot().objects()).hasSize(2));
    assertThat(source.snapshot().trouble()).isEmpty();
  }

  /** Whoever has upgraded the proxy and not its rights loses neither schemas nor levels. */
  @Test
  void doesWithoutRateLimitsWhereItMayNotReadThem() {
    lists(OURS + "flowschemas", list());
    lists(
        OURS + "prioritylevelconfigurations",
        list(level("flowcontrol.apf-proxy.io/v1", "a", Map.of())));
    server
        .expect()
        .get()
        .withPath(OURS + "ratelimits")
        .andReturn(403, new StatusBuilder().withCode(403).build())
        .always();

    start(ClusterSource.custom(client, FAST));

    await().atMost(Duration.ofSeconds(60)).until(() -> source.snapshot().loaded());
    assertThat(source.snapshot().trouble()).isEmpty();
    assertThat(shares()).containsExactly("a 30");
  }

  /** A server that has just started may not serve them yet: what is in force stays. */
  @Tag("S70")
  @Test
  void keepsTheRateLimitsItHasWhenTheyAreServedNoLonger() {
    lists(OURS + "flowschemas", list());
    lists(OURS + "prioritylevelconfigurations", list());
    server.expect().get().withPath(OURS + "ratelimits").andReturn(200, list(limit("l"))).once();

    start(ClusterSource.custom(client, FAST));

    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> source.snapshot().trouble().contains("ratelimits are not served"));
    assertThat(source.snapshot().objects()).hasSize(1);
  }

  /** What the watch was to go on from is gone: it is listed anew, without a regular look. */
  @Tag("S70")
  @Test
  void listsAnewWhenItsWatchIsAnswered410() {
    String levels = OURS + "prioritylevelconfigurations";
    GenericKubernetesResource before = level("flowcontrol.apf-proxy.io/v1", "a", Map.of());
    GenericKubernetesResource after =
        level("flowcontrol.apf-proxy.io/v1", "a", Map.of("nominalConcurrencyShares", 7));
    after.getMetadata().setResourceVersion("2");
    // the first lists of the source and of its watch
    for (String first : List.of("", "?resourceVersion=0")) {
      lists(OURS + "flowschemas" + first, list());
      server.expect().get().withPath(levels + first).andReturn(200, list(before)).once();
      lists(levels + first, list(after));
    }
    server
        .expect()
        .get()
        .withPath(
            levels + "?allowWatchBookmarks=true&resourceVersion=1&timeoutSeconds=600&watch=true")
        .andUpgradeToWebSocket()
        .open()
        .waitFor(500)
        .andEmit(
            new WatchEvent(
                new StatusBuilder().withCode(410).withReason("Expired").build(), "ERROR"))
        .done()
        .once();

    start(
        ClusterSource.custom(
            client,
            new ClusterSource.Periods(
                Duration.ofHours(1), Duration.ofHours(1), Duration.ofMillis(200))));

    await().untilAsserted(() -> assertThat(shares()).containsExactly("a 7"));
    assertThat(source.snapshot().trouble()).isEmpty();
  }

  /** That is trouble, and no news: its age goes on. */
  @Tag("S70")
  @Test
  void keepsWhatItHasWhenAListCannotBeRead() {
    String levels = OURS + "prioritylevelconfigurations";
    GenericKubernetesResource nameless = level("flowcontrol.apf-proxy.io/v1", "b", Map.of());
    nameless.setMetadata(null);
    lists(OURS + "flowschemas", list());
    GenericKubernetesResource good = level("flowcontrol.apf-proxy.io/v1", "a", Map.of());
    AtomicReference<GenericKubernetesResourceList> listed = new AtomicReference<>(list(good));
    server.expect().get().withPath(levels).andReply(200, request -> listed.get()).always();
    start(ClusterSource.custom(client, FAST));
    await().until(() -> source.snapshot().loaded());

    listed.set(list(nameless));

    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> source.snapshot().trouble().contains("cannot be read"));
    assertThat(shares()).containsExactly("a 30");
    listed.set(list(good));
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> source.snapshot().trouble().isEmpty() && source.snapshot().loaded());
    assertThat(shares()).containsExactly("a 30");
  }

  @Tag("S70")
  @Test
  void keepsWhatItHasWhenItsRightIsTakenAway() {
    String level = OURS + "prioritylevelconfigurations";
    server
        .expect()
        .get()
        .withPath(level)
        .andReturn(200, list(level("flowcontrol.apf-proxy.io/v1", "a", Map.of())))
        .once();
    server
        .expect()
        .get()
        .withPath(level)
        .andReturn(403, new StatusBuilder().withCode(403).build())
        .always();
    lists(OURS + "flowschemas", list());

    start(ClusterSource.custom(client, FAST));

    await().until(() -> source.snapshot().trouble().contains("may not \"list\" and \"watch\""));
    assertThat(source.snapshot().loaded()).isTrue();
    assertThat(shares()).containsExactly("a 30");
    await().until(() -> source.ageSeconds() > 0.3);
  }

  @Test
  @Tag("S70")
  void doesNotBelieveOneEmptyList() {
    String levels = NATIVE + "v1/prioritylevelconfigurations";
    List<Integer> sizes = new CopyOnWriteArrayList<>();
    lists(NATIVE + "v1/flowschemas", list());
    GenericKubernetesResource level = level("flowcontrol.apiserver.k8s.io/v1", "a", Map.of());
    server.expect().get().withPath(levels).andReturn(200, list(level)).once();
    server.expect().get().withPath(levels).andReturn(200, list()).once();
    GenericKubernetesResource later =
        level("flowcontrol.apiserver.k8s.io/v1", "a", Map.of("nominalConcurrencyShares", 7));
    lists(levels, list(later));
    source = ClusterSource.builtIntoKubernetes(client, FAST);

    source.start(
        () -> {
          if (source.snapshot().loaded()) {
            sizes.add(source.snapshot().objects().size());
          }
        });

    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(shares()).containsExactly("a 7"));
    assertThat(sizes).containsOnly(1);
    await().atMost(Duration.ofSeconds(60)).until(() -> source.snapshot().trouble().isEmpty());
  }

  @Test
  @Tag("S70")
  void believesTheSecondEmptyList() {
    server.expect().get().withPath(NATIVE + "v1/flowschemas").andReturn(200, list()).always();
    server
        .expect()
        .get()
        .withPath(NATIVE + "v1/prioritylevelconfigurations")
        .andReturn(200, list(level("flowcontrol.apiserver.k8s.io/v1", "a", Map.of())))
        .once();
    lists(NATIVE + "v1/prioritylevelconfigurations", list());

    start(ClusterSource.builtIntoKubernetes(client, FAST));

    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> source.snapshot().loaded() && source.snapshot().objects().isEmpty());
    await().atMost(Duration.ofSeconds(60)).until(() -> source.snapshot().trouble().isEmpty());
  }

  private void lists(String path, GenericKubernetesResourceList list) {
    server.expect().get().withPath(path).andReturn(200, list).always();
  }

  private static GenericKubernetesResourceList list(GenericKubernetesResource... items) {
    GenericKubernetesResourceList list = new GenericKubernetesResourceList();
    list.setMetadata(new ListMetaBuilder().withResourceVersion("1").build());
    list.setItems(List.of(items));
    return list;
  }

  private static GenericKubernetesResource level(
      String version, String name, Map<String, Object> limited) {
    GenericKubernetesResource level = new GenericKubernetesResource();
    level.setApiVersion(version);
    level.setKind("PriorityLevelConfiguration");
    level.setMetadata(
        new ObjectMetaBuilder().withName(name).withResourceVersion("1").withGeneration(1L).build());
    Map<String, Object> all = new java.util.HashMap<>(limited);
    all.put("limitResponse", Map.of("type", "Reject"));
    level.setAdditionalProperty("spec", Map.of("type", "Limited", "limited", all));
    return level;
  }

  private static GenericKubernetesResource limit(String name) {
    GenericKubernetesResource limit = new GenericKubernetesResource();
    limit.setApiVersion("flowcontrol.apf-proxy.io/v1");
    limit.setKind("RateLimit");
    limit.setMetadata(
        new ObjectMetaBuilder().withName(name).withResourceVersion("1").withGeneration(1L).build());
    limit.setAdditionalProperty("spec", Map.of("type", "InFlight", "inFlight", Map.of("max", 5)));
    return limit;
  }

  private List<String> shares() {
    return source.snapshot().objects().stream()
        .map(object -> Kind.PRIORITY_LEVEL.cast(object.content()))
        .map(level -> level.name() + " " + level.nominalShares())
        .toList();
  }
}
