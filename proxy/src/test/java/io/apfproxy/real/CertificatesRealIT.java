package io.apfproxy.real;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.apfproxy.fixtures.attack.ClientChain;
import io.apfproxy.fixtures.attack.TlsClient;
import io.apfproxy.fixtures.raw.Http1WireClient;
import io.apfproxy.fixtures.raw.WireResponse;
import io.apfproxy.fixtures.realcluster.ControlPlane;
import io.apfproxy.fixtures.realcluster.RealControlPlane;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.SoftAssertions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the server makes of a client certificate, the proxy makes of it: that user, or nobody. */
@Tag("S18")
@Tag("B3")
@RealControlPlane(flags = "--request-timeout=59s") // its authorities are changed
final class CertificatesRealIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final String WHO = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
  private static final byte[] ASKED =
      "{\"apiVersion\":\"authentication.k8s.io/v1\",\"kind\":\"SelfSubjectReview\"}"
          .getBytes(StandardCharsets.UTF_8);
  private static final List<String> LINES =
      List.of("Content-Type: application/json", "Accept: application/json");
  private static final String IN_HANDSHAKE = "handshake";
  private static final Set<String> REFUSED = Set.of(IN_HANDSHAKE, "401");

  /** Which BoringSSL does not ask for, or refuses; see README, Keys. */
  private static final Set<String> NOT_BY_BORINGSSL =
      Set.of("key P521", "key ED25519", "for encryption", "for signing certificates");

  /** Here the README says why, and what the proxy answers. */
  private static final Map<String, String> ON_PURPOSE =
      Map.of(
          "signed with P224", "401",
          "empty group", "403",
          "blank group", "403",
          "nul", "403",
          "lines", "403");

  private static ControlPlane cluster;
  private static Map<String, ClientChain> chains;
  private static final Map<String, String> direct = new LinkedHashMap<>();

  @BeforeAll
  static void askTheServer(ControlPlane controlPlane) throws IOException {
    cluster = controlPlane;
    ProxyAccess.grant(cluster);
    TrustedIssuers trusted = new TrustedIssuers(cluster);
    trusted.addTo(cluster.pki("ca.crt"));
    chains = ClientCertificates.all(trusted);
    Awaitility.await()
        .atMost(PATIENCE)
        .until(
            () ->
                ask(cluster.url(), "127.0.0.1", chains.get("authority itself")).contains("itself")
                    && published().contains(end(trusted.named("itself").pair().certificatePem())));
    chains.forEach((name, chain) -> direct.put(name, ask(cluster.url(), "127.0.0.1", chain)));
  }

  @AfterAll
  static void tell() {
    direct.forEach((name, answer) -> System.out.println(name + ": " + answer));
  }

  private static String published() {
    return cluster
        .kubectl("admin")
        .run(
            "get",
            "configmap",
            "-n",
            "kube-system",
            "extension-apiserver-authentication",
            "-o",
            "json")
        .stdout();
  }

  /** A line of it that no other certificate has. */
  private static String end(String pem) {
    List<String> lines = pem.lines().toList();
    return lines.get(lines.size() - 2);
  }

  @ParameterizedTest
  @CsvSource({"auto, auto", "impersonation, jdk", "request-header, boringssl"})
  void believesWhatTheServerBelieves(String mode, String engine) {
    // When
    Map<String, List<String>> proxied = new LinkedHashMap<>();
    try (ProxyProcess proxy =
        ProxyProcess.startAsFrontProxy(
            cluster, "--upstream-identity=" + mode, "--tls-engine=" + engine)) {
      int number = 1;
      for (Map.Entry<String, ClientChain> one : chains.entrySet()) {
        // from an address of its own: the first time the JDK shakes hands, then BoringSSL
        String from = "127.9." + number / 200 + "." + (1 + number % 200);
        number++;
        List<String> answers = new ArrayList<>();
        for (int i = 0; i < (engine.equals("auto") ? 2 : 1); i++) {
          answers.add(ask(proxy.url(), from, one.getValue()));
        }
        proxied.put(one.getKey(), answers);
      }
    }

    // Then
    SoftAssertions each = new SoftAssertions();
    direct.forEach(
        (name, answer) -> {
          String expected = ON_PURPOSE.getOrDefault(name, answer);
          if (!(engine.equals("boringssl") && NOT_BY_BORINGSSL.contains(name))) {
            each.assertThat(proxied.get(name))
                .as(name + ", directly " + answer)
                .allMatch(
                    ours -> ours.equals(expected) || (isRefused(ours) && isRefused(expected)));
          }
        });
    each.assertAll();
    assertThat(direct).hasSizeGreaterThan(120);
  }

  private static boolean isRefused(String answer) {
    return REFUSED.contains(answer);
  }

  /** The user that a server sees; the status, or where else the refusal was. */
  private static String ask(URI server, String from, ClientChain chain) {
    TlsClient tls = new TlsClient(server.getPort(), chain).from(from).timeout(PATIENCE);
    try (Http1WireClient client = new Http1WireClient(server, tls::connect)) {
      WireResponse response = client.exchange("POST", WHO, LINES, ASKED);
      if (response.status() != 201) {
        return String.valueOf(response.status());
      }
      JsonNode user =
          JSON.readTree(response.body().getBytes(StandardCharsets.ISO_8859_1))
              .at("/status/userInfo");
      if (user.path("extra") instanceof ObjectNode extra) {
        extra.remove("original-user-info.apf-proxy.io");
      }
      return user.toString();
    } catch (SocketTimeoutException e) {
      return "no answer";
    } catch (IOException e) {
      return IN_HANDSHAKE;
    }
  }
}
