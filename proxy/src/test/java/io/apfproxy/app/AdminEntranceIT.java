package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.fixtures.apiserver.EmbeddedApiServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who fills the operators' listener with connections. */
@Tag("S81")
class AdminEntranceIT {
  private static final int MORE_THAN_IT_HAS = 300;

  @TempDir Path directory;

  @Test
  void silentConnectionsOfOneMachineKeepNoScrapeOfAnotherOut() throws Exception {
    Path folder = Files.createDirectory(directory.resolve("upstream"));
    List<Socket> silent = new ArrayList<>();
    try (EmbeddedApiServer upstream = EmbeddedApiServer.builder(folder).start();
        ProxyApp proxy =
            ProxyApp.start(LocalProxy.options(upstream.adminKubeconfig(), directory))) {
      InetAddress machine = InetAddress.getByAddress(new byte[] {127, 0, 0, 2});
      for (int i = 0; i < MORE_THAN_IT_HAS; i++) {
        Socket socket = new Socket();
        silent.add(socket);
        socket.bind(new InetSocketAddress(machine, 0));
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.adminPort()));
      }

      assertThat(LocalProxy.admin(proxy, "/metrics").statusCode()).isEqualTo(200);
    } finally {
      for (Socket socket : silent) {
        socket.close();
      }
    }
  }
}
