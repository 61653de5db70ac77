package io.apfproxy.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apfproxy.fixtures.apiserver.EmbeddedApiServer;
import io.apfproxy.fixtures.attack.TlsClient;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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

  private static final Pattern LENGTH = Pattern.compile("(?i)content-length: ([0-9]+)");

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
          .isInstanceOf(IOException.class)
          .isNotInstanceOf(SocketTimeoutException.class);
    }
  }

  /** Reads the response to its end: a body of a known length. */
  private static void ask(SSLSocket socket) throws IOException {
    socket.getOutputStream().write(GET);
    InputStream in = socket.getInputStream();
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("closed");
      }
      head.append((char) next);
    }
    Matcher length = LENGTH.matcher(head);
    assertThat(length.find()).as(head.toString()).isTrue();
    in.readNBytes(Integer.parseInt(length.group(1)));
  }
}
