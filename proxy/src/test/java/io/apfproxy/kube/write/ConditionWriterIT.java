package io.apfproxy.kube.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.config.ConfigurationPlan.State;
import io.apfproxy.config.ConfigurationPlan.Verdict;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.config.SourceObject;
import io.apfproxy.kube.watch.ClusterSource;
import io.apfproxy.time.ManualTime;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.api.model.ListMetaBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.http.RecordedRequest;
import io.fabric8.mockwebserver.utils.BodyProvider;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Conditions go out beside everything else; against fabric8's mock server. */
@Timeout(120)
@EnableKubernetesMockClient
class ConditionWriterIT {
  private static final String OURS = "/apis/flowcontrol.apf-proxy.io/v1/";
  private static final ClusterSource.Periods RARE =
      new ClusterSource.Periods(Duration.ofHours(1), Duration.ofMillis(50), Duration.ofHours(1));

  @SuppressWarnings("NullAway.Init") // set by the extension
  KubernetesMockServer server;

  @SuppressWarnings("NullAway.Init") // set by the extension
  KubernetesClient client;

  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch mayAnswer = new CountDownLatch(1);
  private final AtomicInteger writes = new AtomicInteger();
  private final AtomicInteger refusals = new AtomicInteger();
  private final AtomicInteger runs = new AtomicInteger();
  private final AtomicInteger newcomers = new AtomicInteger();
  private final ManualTime time = new ManualTime();

  @SuppressWarnings("NullAway.Init") // set before each test
  private ClusterSource source;

  @SuppressWarnings("NullAway.Init") // set before each test
  private LeaderLease lease;

  @SuppressWarnings("NullAway.Init") // set before each test
  private ConditionWriter writer;

  @BeforeEach
  void open() {
    String leases = "/apis/coordination.k8s.io/v1/namespaces/" + client.getNamespace() + "/leases";
    server
        .expect()
        .post()
        .withPath(leases)
        .andReturn(201, new LeaseBuilder().withNewMetadata().endMetadata().build())
        .always();
    server.expect().get().withPath(OURS + "flowschemas").andReturn(200, list()).always();
    server
        .expect()
        .get()
        .withPath(OURS + "prioritylevelconfigurations")
        .andReturn(200, list(level("0-refused"), level("a"), level("z"), level("zz")))
        .always();
    server
        .expect()
        .patch()
        .withPath(OURS + "prioritylevelconfigurations/a/status?fieldManager=apf-proxy&force=true")
        .andReply(200, new HeldAnswer())
        .always();
    server
        .expect()
        .patch()
        .withPath(OURS + "prioritylevelconfigurations/z/status?fieldManager=apf-proxy&force=true")
        .andReply(200, new Last())
        .always();
    server
        .expect()
        .patch()
        .withPath(OURS + "prioritylevelconfigurations/zz/status?fieldManager=apf-proxy&force=true")
        .andReply(200, new Newcomer())
        .always();
    server
        .expect()
        .patch()
        .withPath(
            OURS + "prioritylevelconfigurations/0-refused/status?fieldManager=apf-proxy&force=true")
        .andReply(403, new Refusal())
        .always();
    source = ClusterSource.custom(client, RARE);
    source.start(() -> {});
    lease = LeaderLease.open(client, "writers");
    await().atMost(Duration.ofSeconds(60)).until(() -> lease.isHeld() && objects().size() == 4);
    writer =
        ConditionWriter.open(
            client, source, lease, inForce -> List.of(), time, Duration.ofHours(1));
  }

  @AfterEach
  void close() {
    mayAnswer.countDown();
    writer.close();
    lease.close();
    source.close();
  }

  @Test
  @Tag("S68")
  void aReportDoesNotWaitForAnUpstreamThatTakesItsTime() throws Exception {
    writer.report(verdicts(State.IN_FORCE), FlowControlConfiguration.empty());
    assertThat(asked.await(60, TimeUnit.SECONDS)).isTrue();

    // the answer is out only after this, so whoever waits for it waits in vain
    CompletableFuture.runAsync(
            () -> writer.report(verdicts(State.OVERRIDDEN), FlowControlConfiguration.empty()))
        .get(60, TimeUnit.SECONDS);
    assertThat(mayAnswer.getCount()).isEqualTo(1);

    mayAnswer.countDown();
    await().atMost(Duration.ofSeconds(60)).until(() -> writes.get() >= 2);
  }

  @Test
  @Tag("S68")
  void goesOnWithOthersWhereOneIsRefused() {
    mayAnswer.countDown();

    writer.report(verdicts(State.IN_FORCE), FlowControlConfiguration.empty());

    await().atMost(Duration.ofSeconds(60)).until(() -> writes.get() >= 1 && refusals.get() >= 1);
  }

  /** Nothing the writer does changes what it finds, so that it wants to write each time. */
  @Test
  @Tag("S68")
  void writesAnObjectSixTimesAMinuteAndWhatWasRefusedNotForAWhile() {
    mayAnswer.countDown();
    for (int i = 0; i < 6; i++) {
      reportAndAwaitTheRun();
    }
    assertThat(writes).hasValue(6);
    assertThat(refusals).hasValue(1);

    time.advance(Duration.ofSeconds(59));
    writer.report(all(State.IN_FORCE), FlowControlConfiguration.empty());
    await().atMost(Duration.ofSeconds(60)).until(() -> newcomers.get() == 1);
    assertThat(refusals).hasValue(2);
    time.advance(Duration.ofSeconds(1));
    reportAndAwaitTheRun();

    assertThat(writes).hasValue(7);
    assertThat(refusals).hasValue(2);
  }

  private void reportAndAwaitTheRun() {
    int before = runs.get();
    writer.report(verdicts(State.IN_FORCE), FlowControlConfiguration.empty());
    await().atMost(Duration.ofSeconds(60)).until(() -> runs.get() > before);
  }

  private List<SourceObject> objects() {
    return List.copyOf(source.snapshot().objects());
  }

  /** In the order of their names, in which they are written; not of the last one. */
  private List<Verdict> verdicts(State state) {
    List<Verdict> all = all(state);
    return all.subList(0, all.size() - 1);
  }

  private List<Verdict> all(State state) {
    return objects().stream()
        .sorted(Comparator.comparing(SourceObject::key))
        .map(object -> new Verdict("crd", object, state, state == State.OVERRIDDEN ? "files" : ""))
        .toList();
  }

  private final class Last implements BodyProvider<Object> {
    @Override
    public Object getBody(RecordedRequest request) {
      runs.incrementAndGet();
      return level("z");
    }
  }

  /** Once it is written, all others have had their turn. */
  private final class Newcomer implements BodyProvider<Object> {
    @Override
    public Object getBody(RecordedRequest request) {
      newcomers.incrementAndGet();
      return level("zz");
    }
  }

  private final class Refusal implements BodyProvider<Object> {
    @Override
    public Object getBody(RecordedRequest request) {
      refusals.incrementAndGet();
      return new StatusBuilder().withCode(403).withReason("Forbidden").build();
    }
  }

  /** The object as it was written, once the test lets it out. */
  private final class HeldAnswer implements BodyProvider<Object> {
    @Override
    public Object getBody(RecordedRequest request) {
      asked.countDown();
      try {
        mayAnswer.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      writes.incrementAndGet();
      return level("a");
    }
  }

  private static GenericKubernetesResourceList list(GenericKubernetesResource... items) {
    GenericKubernetesResourceList list = new GenericKubernetesResourceList();
    list.setMetadata(new ListMetaBuilder().withResourceVersion("1").build());
    list.setItems(List.of(items));
    return list;
  }

  private static GenericKubernetesResource level(String name) {
    GenericKubernetesResource level = new GenericKubernetesResource();
    level.setApiVersion("flowcontrol.apf-proxy.io/v1");
    level.setKind("PriorityLevelConfiguration");
    level.setMetadata(
        new ObjectMetaBuilder().withName(name).withResourceVersion("1").withGeneration(1L).build());
    level.setAdditionalProperty(
        "spec",
        Map.of("type", "Limited", "limited", Map.of("limitResponse", Map.of("type", "Reject"))));
    return level;
  }
}
