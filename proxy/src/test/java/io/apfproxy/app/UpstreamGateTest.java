package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apfproxy.authn.tell.Identity;
import io.apfproxy.cli.StartException;
import io.apfproxy.kube.access.UpstreamCheck.Findings;
import io.apfproxy.request.RefusedException;
import io.apfproxy.time.ManualTime;
import io.vertx.core.Future;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class UpstreamGateTest {
  private static final Findings DOWN = new Findings(false, "", List.of("no answer"), false);
  private static final Findings OTHER = new Findings(true, "", List.of("is a teapot"), false);
  private static final Findings REFUSES =
      new Findings(true, "", List.of("refuses the credential"), false, true);
  private static final Findings GOOD = new Findings(true, "v1.37.1", List.of(), false);
  private static final Findings POWERFUL = new Findings(true, "v1.37.1", List.of(), true);

  private final Future<Identity> answer = Future.failedFuture("asked");
  private final UpstreamVersion version = new UpstreamVersion();
  private final ManualTime time = new ManualTime();
  private Findings examined = DOWN;
  private Findings probed = DOWN;

  private UpstreamGate gate(boolean refusePowerful) {
    return new UpstreamGate(
        URI.create("https://upstream"),
        () -> examined,
        () -> probed,
        version,
        refusePowerful,
        (head, request) -> answer,
        time::nanoTime);
  }

  @Test
  void letsNobodyThroughBeforeTheUpstreamWasReached() throws StartException {
    UpstreamGate gate = gate(true);

    gate.ask();

    assertThat(gate.isReachable()).isFalse();
    assertThat(gate.resolve(null, null).cause())
        .isInstanceOfSatisfying(
            RefusedException.class,
            refusal -> {
              assertThat(refusal.code()).isEqualTo(503);
              assertThat(refusal.retryAfterSeconds()).isBetween(1, 5);
            });
  }

  @Test
  void opensOnceTheUpstreamPassed() throws StartException {
    UpstreamGate gate = gate(true);
    gate.ask();
    examined = GOOD;

    gate.ask();

    assertThat(gate.isReachable()).isTrue();
    assertThat(gate.resolve(null, null)).isSameAs(answer);
  }

  @Test
  void staysOpenButNotReadyWhileTheUpstreamIsAway() throws StartException {
    UpstreamGate gate = gate(true);
    examined = GOOD;
    gate.ask();

    probed = DOWN;
    gate.ask();
    assertThat(gate.isReachable()).isFalse();
    assertThat(gate.resolve(null, null)).as("the forwarder answers 503 itself").isSameAs(answer);

    probed = OTHER;
    gate.ask();
    assertThat(gate.isReachable()).as("something else answers for a while").isFalse();

    probed = GOOD;
    gate.ask();
    assertThat(gate.isReachable()).isTrue();
  }

  @Test
  void refusesWhatIsNoKubeApiserver() {
    UpstreamGate gate = gate(true);
    examined = OTHER;

    assertThatThrownBy(gate::ask)
        .isInstanceOf(StartException.class)
        .hasMessage("--kubeconfig: is a teapot; expected a kube-apiserver");
    assertThat(gate.resolve(null, null)).isNotSameAs(answer);
  }

  /** Both may have been started at the same time. */
  @Test
  void waitsForAServerThatRefusesEverybodyWhileItStarts() throws StartException {
    UpstreamGate gate = gate(true);
    examined = REFUSES;
    gate.ask();
    time.advance(Duration.ofMillis(9_999));
    gate.ask();
    assertThat(gate.hasPassed()).isFalse();

    examined = GOOD;
    gate.ask();

    assertThat(gate.isReachable()).isTrue();
  }

  @Test
  void refusesAServerThatRefusesTheProxyForLongerThanItStarts() throws StartException {
    UpstreamGate gate = gate(true);
    examined = REFUSES;
    gate.ask();
    examined = DOWN;
    gate.ask();
    time.advance(Duration.ofSeconds(10));
    examined = REFUSES;
    gate.ask();
    time.advance(Duration.ofSeconds(10));

    assertThatThrownBy(gate::ask)
        .isInstanceOf(StartException.class)
        .hasMessage("--kubeconfig: refuses the credential; expected a kube-apiserver");
  }

  @Test
  void refusesAPowerfulCredentialOnlyIfItWouldImpersonateUntold() throws StartException {
    examined = POWERFUL;
    UpstreamGate strict = gate(true);
    UpstreamGate told = gate(false);

    assertThatThrownBy(strict::ask).hasMessageContaining("--allow-privileged-impersonation");
    assertThat(strict.resolve(null, null)).isNotSameAs(answer);
    told.ask();
    assertThat(told.resolve(null, null)).isSameAs(answer);
  }
}
