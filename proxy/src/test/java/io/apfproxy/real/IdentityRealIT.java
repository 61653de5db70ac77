package io.apfproxy.real;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.apfproxy.fixtures.raw.WireResponse;
import io.apfproxy.fixtures.realcluster.ControlPlane;
import io.apfproxy.fixtures.realcluster.RealControlPlane;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
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
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ORIGINAL = "original-user-info.apf-proxy.io";

  private static final String WHO_AM_I =
      "{\"apiVersion\":\"authentication.k8s.io/v1\",\"kind\":\"SelfSubjectReview\"}";

  /**
   * What the server says of somebody.
   *
   * @param told name, uid, groups and extra; the refusal if there was one
   * @param original whether the request was known to have been asked by somebody else
   */
  private record Whoami(int status, JsonNode told, boolean original) {}

  @ParameterizedTest
  @ValueSource(strings = {"auto", "request-header", "impersonation"})
  void saysTheSameOfEveryCaller(String mode, ControlPlane cluster) throws Exception {
    // Given
    ProxyAccess.grant(cluster);
    Map<String, Callers.Credential> credentials = CallerCatalogue.usual(cluster);
    Map<String, Whoami> direct;
    try (Callers straight = Callers.direct(WireProtocol.HTTP1, cluster, credentials)) {
      direct = askAll(straight, credentials);
    }

    // When
    Map<String, Whoami> proxied;
    try (ProxyProcess proxy =
            ProxyProcess.startAsFrontProxy(cluster, "--upstream-identity=" + mode);
        Callers through = Callers.through(proxy, WireProtocol.HTTP1, cluster, credentials)) {
      proxied = askAll(through, credentials);
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

  private static Map<String, Whoami> askAll(
      Callers callers, Map<String, Callers.Credential> credentials) throws Exception {
    Map<String, Whoami> answers = new LinkedHashMap<>();
    for (String caller : credentials.keySet()) {
      WireResponse response =
          callers.send(
              new Probe(
                  0,
                  caller,
                  "POST",
                  "/apis/authentication.k8s.io/v1/selfsubjectreviews",
                  List.of("Content-Type: application/json", "Accept: application/json"),
                  WHO_AM_I));
      byte[] body = response.body().getBytes(StandardCharsets.ISO_8859_1);
      JsonNode told = JSON.readTree(body);
      if (told.path("status").isObject()) {
        told = told.get("status").get("userInfo");
      }
      if (told.path("message").asText().contains(" cannot impersonate")) {
        told = told.get("message"); // the proxy gives no details
      }
      answers.put(caller, new Whoami(response.status(), told, removeOriginal(told)));
    }
    return answers;
  }

  private static boolean removeOriginal(JsonNode user) {
    if (!(user.path("extra") instanceof ObjectNode extra) || extra.remove(ORIGINAL) == null) {
      return false;
    }
    if (extra.isEmpty()) {
      ((ObjectNode) user).remove("extra");
    }
    return true;
  }
}
