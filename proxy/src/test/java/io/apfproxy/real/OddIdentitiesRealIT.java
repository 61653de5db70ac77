package io.apfproxy.real;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.fixtures.realcluster.ControlPlane;
import io.apfproxy.fixtures.realcluster.RealControlPlane;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names are anything that a certificate or a header can say, and so are they through the proxy. */
@Tag("S05")
@Tag("S22")
@Tag("I3")
@RealControlPlane(audit = true)
final class OddIdentitiesRealIT {
  @ParameterizedTest
  @CsvSource({"auto, HTTP1", "request-header, HTTP2", "impersonation, HTTP1"})
  void saysTheSameOfOddCallers(String mode, WireProtocol protocol, ControlPlane cluster)
      throws Exception {
    // Given
    ProxyAccess.grant(cluster);
    Map<String, Callers.Credential> credentials = OddCallers.of(cluster);
    Map<String, Whoami> direct;
    try (Callers straight = Callers.direct(protocol, cluster, credentials)) {
      direct = Whoami.askAll(straight, credentials);
    }

    // When
    Map<String, Whoami> proxied;
    try (ProxyProcess proxy =
            ProxyProcess.startAsFrontProxy(cluster, "--upstream-identity=" + mode);
        Callers through = Callers.through(proxy, protocol, cluster, credentials)) {
      proxied = Whoami.askAll(through, credentials);
    }

    // Then
    SoftAssertions each = new SoftAssertions();
    direct.forEach(
        (caller, whoami) -> {
          each.assertThat(proxied.get(caller).told()).as(caller).isEqualTo(whoami.told());
          each.assertThat(proxied.get(caller).status()).as(caller).isEqualTo(whoami.status());
        });
    each.assertAll();
    assertThat(direct.get("nobody").status()).as("a certificate without a name").isEqualTo(401);
    assertThat(direct.get("nobody-with-token").status()).isEqualTo(201);
    assertThat(direct.values().stream().filter(whoami -> whoami.status() == 201))
        .as("callers of whom something was said")
        .hasSizeGreaterThanOrEqualTo(18);
  }
}
