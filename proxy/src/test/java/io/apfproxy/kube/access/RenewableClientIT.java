package io.apfproxy.kube.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.apfproxy.tls.KeyPairPem;
import io.apfproxy.tls.PemKeyPair;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** One client, renewed while it is in use; against fabric8's mock server. */
@Tag("S89")
@EnableKubernetesMockClient(crud = true)
class RenewableClientIT {
  private static final Duration LONG = Duration.ofSeconds(60);

  @SuppressWarnings("NullAway.Init") // set by the extension
  KubernetesMockServer server;

  @SuppressWarnings("NullAway.Init") // set by the extension
  KubernetesClient mock;

  @SuppressWarnings("NullAway.Init") // set before each test
  private RenewableClient renewable;

  @SuppressWarnings("NullAway.Init") // set before each test
  private KubernetesClient client;

  @BeforeEach
  void open() {
    renewable = new RenewableClient(as("old"), null);
    client = renewable.client();
  }

  @AfterEach
  void close() {
    renewable.close();
  }

  private Config as(String token) {
    return new ConfigBuilder(mock.getConfiguration()).withOauthToken(token).build();
  }

  private String tokenOfTheNextCall() throws InterruptedException {
    int before = server.getRequestCount();
    client.configMaps().inNamespace("a").list();
    assertThat(server.getRequestCount()).isEqualTo(before + 1);
    return String.valueOf(server.getLastRequest().getHeader("Authorization"));
  }

  /** Notes what a watch brings. */
  private static final class Seen implements Watcher<ConfigMap>, AutoCloseable {
    private final Queue<String> names = new ConcurrentLinkedQueue<>();
    private @Nullable Watch watch;

    @Override
    public void eventReceived(Action action, ConfigMap object) {
      names.add(object.getMetadata().getName());
    }

    @Override
    public void onClose(WatcherException cause) {}

    @Override
    public void close() {
      Objects.requireNonNull(watch).close();
    }
  }

  private Seen watch() {
    Seen seen = new Seen();
    seen.watch = client.configMaps().inNamespace("a").watch(seen);
    return seen;
  }

  private void create(String name) {
    mock.configMaps()
        .inNamespace("a")
        .resource(new ConfigMapBuilder().withNewMetadata().withName(name).endMetadata().build())
        .create();
  }

  @Test
  void callsAsWhoeverItWasRenewedFor() throws Exception {
    assertThat(tokenOfTheNextCall()).isEqualTo("Bearer old");

    renewable.renew(as("new"), null);

    assertThat(tokenOfTheNextCall()).isEqualTo("Bearer new");
    assertThat(renewable.client()).as("the same for those who keep it").isSameAs(client);
    assertThat(client.getConfiguration().getOauthToken()).isEqualTo("new");
  }

  /** As a call under way is: it goes where it began. */
  private Call call() {
    return client.configMaps().inNamespace("a")::list;
  }

  private interface Call {
    Object go();
  }

  private void assertGoesAs(String token, Call call) throws InterruptedException {
    call.go();
    assertThat(server.getLastRequest().getHeader("Authorization")).isEqualTo("Bearer " + token);
  }

  @Test
  void letsCallsAndWatchesGoOnUntilTheRenewalAfterTheNext() throws Exception {
    Call old = call();
    try (Seen watch = watch()) {
      renewable.renew(as("new"), null);
      create("one");
      await().atMost(LONG).until(() -> watch.names.contains("one"));
    }
    assertGoesAs("old", old);
    Call next = call();

    renewable.renew(as("newest"), null);

    assertThatThrownBy(old::go).isInstanceOf(RuntimeException.class);
    assertGoesAs("new", next);
    assertThat(tokenOfTheNextCall()).isEqualTo("Bearer newest");
  }

  @Test
  void endsWhatIsOldOnceNobodyIsToUseItAnyMore() throws Exception {
    Call old = call();
    renewable.renew(as("new"), null);
    Call current = call();

    renewable.closeRetired();
    renewable.closeRetired();

    assertThatThrownBy(old::go).isInstanceOf(RuntimeException.class);
    assertGoesAs("new", current);
  }

  @Test
  void staysAsItIsIfTheNewCertificateCannotBeUsed() throws Exception {
    Call old = call();
    renewable.renew(as("new"), null);
    KeyPairPem broken = new KeyPairPem(List.of(), new PemKeyPair("no certificate", "no key"));

    assertThatThrownBy(() -> renewable.renew(as("broken"), broken))
        .isInstanceOf(KubernetesClientException.class);

    assertThat(tokenOfTheNextCall()).isEqualTo("Bearer new");
    assertGoesAs("old", old); // what it replaced is not ended either
  }

  @Test
  void throwsWhatTheCallThrew() {
    server.expect().get().withPath("/apis/a/b").andReturn(418, "").always();

    assertThatThrownBy(() -> client.raw("/apis/a/b"))
        .isInstanceOfSatisfying(
            KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(418));
  }

  @Test
  void closesTheOldOneToo() {
    Call old = call();
    renewable.renew(as("new"), null);
    Call current = call();

    renewable.close();

    assertThatThrownBy(old::go).isInstanceOf(RuntimeException.class);
    assertThatThrownBy(current::go).isInstanceOf(RuntimeException.class);
  }
}
