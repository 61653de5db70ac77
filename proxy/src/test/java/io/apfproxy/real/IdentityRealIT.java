package io.apfproxy.real;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.fixtures.realcluster.ControlPlane;
import io.apfproxy.fixtures.realcluster.RealControlPlane;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who somebody is for the server is the same through the proxy, whichever way it tells. */
@Tag("S12")
@Tag("S22")
@Tag("I3")
@RealControlPlane(audit = true)
final class IdentityRealIT {
  @ParameterizedTest
  @ValueSource(strings = {"auto", "request-header", "impersonation"})
  void saysTheSameOfEveryCaller(String mode, ControlPlane cluster) throws Exception {
    // Given
    ProxyAccess.grant(cluster);
    Map<String, Callers.Credential> credentials = CallerCatalogue.usual(cluster);
    Map<String, Whoami> direct;
    try (Callers straight = Callers.direct(WireProtocol.HTTP1, cluster, credentials)) {
      direct = Whoami.askAll(straight, credentials);
    }

    // When
    Map<String, Whoami> proxied;
    try (ProxyProcess proxy =
            ProxyProcess.startAsFrontProxy(cluster, "--upstream-identity=" + mode);
        Callers through = Callers.through(proxy, WireProtocol.HTTP1, cluster, credentials)) {
      proxied = Whoami.askAll(through, credentials);
    }

    // Then
    direct.forEach(
        (caller, whoami) -> {
          assertThat(proxied.get(caller).told()).as(caller).isEqualTo(whoami.told());
          assertThat(proxied.get(caller).status()).as(caller).isEqualTo(whoami.status());
        });
    assertThat(direct.values()).noneMatch(Whoami::original);
    assertThat(direct.get("constrained-agent-as-its-node").told().toString())
        .contains("system:node:constrained-node", "system:nodes");
    assertThat(direct.get("constrained-agent-as-another-node").status()).isEqualTo(403);
    assertThat(direct.values().stream().filter(whoami -> whoami.status() == 201))
        .as("callers of whom something was said")
        .hasSizeGreaterThanOrEqualTo(14);
  }
}
