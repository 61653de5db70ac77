package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whose bucket it is where each address has one, behind a proxy that is believed. */
@Tag("L-15")
class ForwardedAddressIT extends AppFixture {
  private static final String ONE = "198.51.100.1";
  private static final String OTHER = "198.51.100.2";

  /** One request each, and no other for an hour. */
  private static final String LIMIT =
      """
      apiVersion: flowcontrol.apf-proxy.io/v1
      kind: RateLimit
      metadata: {name: by-address}
      spec:
        stage: BeforeAuthentication
        rules:
        - resourceRules:
          - {verbs: ["*"], apiGroups: ["*"], resources: ["*"], clusterScope: true, namespaces: ["*"]}
        key: {by: [SourceAddress]}
        type: TokenBucket
        tokenBucket: {rate: 1, period: 1h, burst: 1}
      """;

  private HttpClient client;

  private void startLimited(String... more) throws Exception {
    Path limits = Files.createDirectory(directory.resolve("limits"));
    Files.writeString(limits.resolve("limit.yaml"), LIMIT);
    String[] flags = {
      "--flowcontrol-source=builtin,files:" + limits, "--unlimited-addresses=192.0.2.1" // not ours
    };
    String[] all = new String[flags.length + more.length];
    System.arraycopy(flags, 0, all, 0, flags.length);
    System.arraycopy(more, 0, all, flags.length, more.length);
    start(all);
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> admin("/metrics").body().contains("{rate_limit=\"by-address\"}"));
    client = client();
  }

  private int ask(String... headers) throws Exception {
    HttpRequest request = asAlice(NAMESPACES);
    if (headers.length > 0) {
      request = HttpRequest.newBuilder(request, (name, value) -> true).headers(headers).build();
    }
    return client.send(request, BodyHandlers.discarding()).statusCode();
  }

  @Test
  void isThatOfWhomATrustedProxyNames() throws Exception {
    startLimited("--trusted-proxies=127.0.0.1");

    assertThat(ask("X-Forwarded-For", ONE)).isEqualTo(200);
    assertThat(ask("X-Forwarded-For", ONE)).isEqualTo(429);
    assertThat(ask("X-Forwarded-For", "203.0.113.9, " + ONE)).as("his own claim").isEqualTo(429);
    assertThat(ask("X-Forwarded-For", ONE + ", 127.0.0.1")).as("two proxies").isEqualTo(429);
    assertThat(ask("X-Forwarded-For", OTHER)).isEqualTo(200);
    assertThat(ask("X-Real-Ip", OTHER)).isEqualTo(429);
    assertThat(ask()).as("the proxy itself").isEqualTo(200);
    assertThat(ask()).isEqualTo(429);
  }

  @Test
  void isThatOfTheConnectionWhereNobodyIsTrusted() throws Exception {
    startLimited();

    assertThat(ask("X-Forwarded-For", ONE)).isEqualTo(200);
    assertThat(ask("X-Forwarded-For", OTHER)).isEqualTo(429);
  }
}
