package io.apfproxy.attack;

import io.apfproxy.fixtures.raw.Http1WireClient;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.UUID;

/** Clients that say they were somebody. */
final class IdentityAttacks {
  private static final int CREW = 4;
  private static final int NAME_BYTES = 127 * 1024;

  private IdentityAttacks() {}

  static void impersonatedNames(Siege siege) throws InterruptedException {
    String rest = "n".repeat(NAME_BYTES);
    siege.crew(CREW, () -> loop(siege, () -> "Impersonate-User: " + UUID.randomUUID() + rest));
  }

  static void randomTokens(Siege siege) throws InterruptedException {
    siege.crew(CREW, () -> loop(siege, () -> "Authorization: Bearer " + UUID.randomUUID()));
  }

  private static void loop(Siege siege, java.util.function.Supplier<String> header)
      throws IOException {
    try (Http1WireClient client = siege.http1(null)) {
      while (siege.goesOn()) {
        client.exchange("GET", "/api/v1/namespaces", List.of(header.get()), new byte[0]);
        siege.acted();
      }
    } catch (SocketTimeoutException e) {
      siege.owed();
      throw e;
    }
  }
}
