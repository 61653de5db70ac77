package io.apfproxy.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apfproxy.fixtures.apiserver.EmbeddedApiServer;
import io.apfproxy.fixtures.attack.TlsClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One handshake is all that a connection may cost. */
@Tag("S30")
class RenegotiationIT {
  private static final byte[] GET =
      "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"jdk", "boringssl"})
  void isRefused(String engine) throws Exception {
    try (EmbeddedApiServer server =
            EmbeddedApiServer.builder(Files.createDirectory(folder.resolve("server"))).start();
        Victim victim =
            new Victim(
                Files.createDirectory(folder.resolve("proxy")),
                server.adminKubeconfig(),
                server.caFile(),
                "--warm-up=0s",
                "--tls-engine=" + engine);
        SSLSocket socket = new TlsClient(victim.port()).versions("TLSv1.2").connect()) {
      ask(socket);
      assertThatThrownBy(
              () -> {
                socket.startHandshake();
                ask(socket);
              })
          .isInstanceOf(IOException.class);
    }
  }

  private static void ask(SSLSocket socket) throws IOException {
    socket.getOutputStream().write(GET);
    byte[] answer = socket.getInputStream().readNBytes(12);
    if (answer.length < 12) {
      throw new IOException("closed");
    }
    assertThat(new String(answer, StandardCharsets.US_ASCII)).startsWith("HTTP/1.1 ");
  }
}
