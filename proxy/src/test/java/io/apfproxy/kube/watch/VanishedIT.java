package io.apfproxy.kube.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.config.Kind;
import io.apfproxy.config.ObjectKey;
import io.apfproxy.time.ManualTime;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Definitions come and go in fabric8's mock server, and time by hand. */
@Tag("S70")
@EnableKubernetesMockClient
class VanishedIT {
  private static final String SCHEMAS = "flowschemas.flowcontrol.apf-proxy.io";
  private static final String LEVELS = "prioritylevelconfigurations.flowcontrol.apf-proxy.io";
  private static final String PATH = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/";
  private static final Duration SETTLING = Duration.ofSeconds(5);

  @SuppressWarnings("NullAway.Init") // set by the extension
  KubernetesMockServer server;

  @SuppressWarnings("NullAway.Init") // set by the extension
  KubernetesClient client;

  private final ManualTime time = new ManualTime();

  private Vanished vanished() {
    return new Vanished(
        client, Map.of(Kind.FLOW_SCHEMA, SCHEMAS, Kind.PRIORITY_LEVEL, LEVELS), SETTLING, time);
  }

  @Test
  void anObjectThatIsDeletedWhileItsDefinitionStandsIsGone() {
    isDefined(LEVELS, 1);

    assertThat(vanished().keep(objects("a", "b"), objects("b"))).isEmpty();
  }

  /** L-10: in a cluster without rate limits schemas and levels can be deleted as ever. */
  @Test
  void aDefinitionThatWasNeverThereKeepsNothingOfOtherKinds() {
    isDefined(LEVELS, 1);
    Vanished vanished =
        new Vanished(
            client,
            Map.of(
                Kind.PRIORITY_LEVEL,
                LEVELS,
                Kind.RATE_LIMIT,
                "ratelimits.flowcontrol.apf-proxy.io"),
            SETTLING,
            time);

    assertThat(vanished.keep(objects("a", "b"), objects("b"))).isEmpty();
  }

  @Test
  void whatWentWithItsDefinitionIsKeptUntilWhatIsBackHasStoodStill() {
    isDefined(SCHEMAS, 100);
    Vanished vanished = vanished();
    Map<ObjectKey, GenericKubernetesResource> before = objects("a", "b");

    // the definition of the levels is gone, and with it its objects
    assertThat(vanished.keep(before, objects())).isEqualTo(before);

    isDefined(LEVELS, 100);
    time.advance(Duration.ofMinutes(10));
    assertThat(vanished.keep(before, objects())).as("nothing is back yet").isEqualTo(before);
    assertThat(vanished.keep(before, objects("a"))).containsOnlyKeys(key("b"));
    time.advance(SETTLING.minusNanos(1));
    assertThat(vanished.keep(before, objects("a"))).containsOnlyKeys(key("b"));

    time.advance(Duration.ofNanos(1));
    assertThat(vanished.keep(before, objects("a"))).isEmpty();
  }

  @Test
  void whatIsRestoredStepByStepIsWaitedForAnewAfterEachStep() {
    isDefined(SCHEMAS, 100);
    Vanished vanished = vanished();
    Map<ObjectKey, GenericKubernetesResource> before = objects("a", "b", "c");
    assertThat(vanished.keep(before, objects())).isEqualTo(before);
    isDefined(LEVELS, 100);

    assertThat(vanished.keep(before, objects("a"))).containsOnlyKeys(key("b"), key("c"));
    time.advance(SETTLING.minusMillis(1));
    assertThat(vanished.keep(before, objects("a", "b"))).containsOnlyKeys(key("c"));
    time.advance(SETTLING.minusMillis(1));

    assertThat(vanished.keep(before, objects("a", "b"))).containsOnlyKeys(key("c"));
  }

  /** Without the right to read definitions there is nothing to go by. */
  @Test
  void isBelievedWhereTheDefinitionsMayNotBeRead() {
    server
        .expect()
        .get()
        .withPath(PATH + LEVELS)
        .andReturn(403, new StatusBuilder().withCode(403).build())
        .always();

    assertThat(vanished().keep(objects("a"), objects())).isEmpty();
  }

  private void isDefined(String name, int times) {
    server
        .expect()
        .get()
        .withPath(PATH + name)
        .andReturn(
            200,
            new CustomResourceDefinitionBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .build())
        .times(times);
  }

  private static ObjectKey key(String name) {
    return new ObjectKey(Kind.PRIORITY_LEVEL, name);
  }

  private static Map<ObjectKey, GenericKubernetesResource> objects(String... names) {
    Map<ObjectKey, GenericKubernetesResource> objects = new HashMap<>();
    Arrays.stream(names).forEach(name -> objects.put(key(name), new GenericKubernetesResource()));
    return objects;
  }
}
