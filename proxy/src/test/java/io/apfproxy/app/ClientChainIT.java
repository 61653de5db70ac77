package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.fixtures.apiserver.EmbeddedApiServer;
import io.apfproxy.fixtures.attack.ClientChain;
import io.apfproxy.fixtures.attack.TlsClient;
import io.apfproxy.fixtures.pki.TestAuthority;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Certificates of strangers, before a proxy with one event loop. */
@Tag("S18")
@Timeout(240)
class ClientChainIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final TestAuthority USERS = TestAuthority.named("users");

  @TempDir Path directory;
  private EmbeddedApiServer upstream;
  private ProxyApp proxy;

  @BeforeEach
  void startUpstream() throws IOException {
    Path folder = Files.createDirectory(directory.resolve("upstream"));
    upstream = EmbeddedApiServer.builder(folder).user("alice").allow("alice", "*", "*").start();
  }

  private void start(String engine) throws Exception {
    Path authority = Files.writeString(directory.resolve("users.crt"), USERS.pem());
    proxy =
        LocalProxy.start(
            LocalProxy.options(
                upstream.adminKubeconfig(),
                directory,
                "--client-ca-file=" + authority,
                "--event-loops=1",
                "--tls-engine=" + engine));
  }

  @AfterEach
  void stop() {
    proxy.close();
    upstream.close();
  }

  private TlsClient client(ClientChain chain) {
    return new TlsClient(proxy.securePort(), chain).timeout(PATIENCE);
  }

  private static void ask(SSLSocket connection, String token) throws IOException {
    String authorization = token.isEmpty() ? "" : "Authorization: Bearer " + token + "\r\n";
    connection
        .getOutputStream()
        .write(
            ("GET /api/v1/namespaces HTTP/1.1\r\nHost: x\r\n" + authorization + "\r\n")
                .getBytes(StandardCharsets.US_ASCII));
  }

  /** The status line's code; -1 if the connection ends before. */
  private static int code(SSLSocket connection) throws IOException {
    InputStream in = connection.getInputStream();
    byte[] start = in.readNBytes("HTTP/1.1 200".length());
    return start.length < 12
        ? -1
        : Integer.parseInt(new String(start, 9, 3, StandardCharsets.US_ASCII));
  }

  private int codeOf(ClientChain chain, String token) throws IOException {
    try (SSLSocket connection = client(chain).connect()) {
      ask(connection, token);
      return code(connection);
    }
  }

  private boolean isRefusedInTheHandshake(ClientChain chain) {
    try {
      return codeOf(chain, "") == -1;
    } catch (IOException e) {
      return !(e instanceof java.net.SocketTimeoutException);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"boringssl", "jdk"})
  void servesOthersWhileStrangersPresentIssuersOfEachOther(String engine) throws Exception {
    start(engine);
    String alice = upstream.token("alice");
    try (SSLSocket honest = new TlsClient(proxy.securePort()).timeout(PATIENCE).connect()) {
      List<SSLSocket> strangers = new ArrayList<>();
      ClientChain chain = ClientChain.ofTwoNames(181);
      for (int i = 0; i < 4; i++) {
        try {
          SSLSocket stranger = client(chain).connect();
          strangers.add(stranger);
          ask(stranger, "");
        } catch (IOException refused) {
          // as it shall be
        }
      }
      ask(honest, alice);
      assertThat(code(honest)).isEqualTo(200);
      for (SSLSocket stranger : strangers) {
        stranger.close();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"boringssl", "jdk"})
  void refusesInTheHandshakeWhatIsTooMuch(String engine) throws Exception {
    start(engine);
    assertThat(isRefusedInTheHandshake(ClientChain.unrelated(9))).isTrue();
    assertThat(isRefusedInTheHandshake(ClientChain.ofBytes(33 << 10))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"boringssl", "jdk"})
  void answers401ToChainsWithinTheBoundThatLeadNowhere(String engine) throws Exception {
    start(engine);
    assertThat(codeOf(ClientChain.unrelated(8), "")).isEqualTo(401);
    assertThat(codeOf(ClientChain.ofTwoNames(8), "")).isEqualTo(401);
    assertThat(codeOf(ClientChain.ofBytes(24 << 10), "")).isEqualTo(401);
    assertThat(codeOf(ClientChain.of(USERS.leaf("x").forServers("x").issue()), "")).isEqualTo(401);
  }

  @Test
  void takesACertificateThatJavaCannotReadForABadOne() throws Exception {
    start("boringssl");
    assertThat(codeOf(ClientChain.unreadable(), "")).isEqualTo(401);
    assertThat(codeOf(ClientChain.unreadable(), upstream.token("alice")))
        .as("another credential may be good")
        .isEqualTo(200);
    assertThat(codeOf(ClientChain.of(USERS.leaf("alice").forClients().issue()), "")).isEqualTo(200);
  }

  /** Where the JDK makes the handshake; as in kube-apiserver, for what Go cannot read. */
  @Test
  void refusesACertificateThatItCannotReadInTheHandshake() throws Exception {
    start("jdk");
    assertThat(isRefusedInTheHandshake(ClientChain.unreadable())).isTrue();
  }
}
