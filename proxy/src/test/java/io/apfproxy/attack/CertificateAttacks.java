package io.apfproxy.attack;

import io.apfproxy.fixtures.attack.ClientChain;
import io.apfproxy.fixtures.attack.KeyKind;
import io.apfproxy.fixtures.raw.Http1WireClient;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** Clients whose certificates nobody asked for. */
final class CertificateAttacks {
  private static final int CREW = 4;

  private CertificateAttacks() {}

  static void pathSearch(Siege siege) throws InterruptedException {
    ClientChain chain = ClientChain.ofTwoNames(181);
    siege.crew(CREW, () -> ask(siege, chain));
  }

  static void foreignChains(Siege siege) throws InterruptedException {
    ClientChain chain = ClientChain.unrelated(100);
    siege.crew(CREW, () -> ask(siege, chain));
  }

  static void unreadable(Siege siege) throws InterruptedException {
    inTurn(siege, List.of(ClientChain.unreadable(), ClientChain.unreadableIssuer()));
  }

  static void otherKeys(Siege siege) throws InterruptedException {
    List<ClientChain> chains =
        Stream.of(KeyKind.values()).map(kind -> ClientChain.selfSigned(kind, "other")).toList();
    inTurn(siege, chains);
  }

  private static void inTurn(Siege siege, List<ClientChain> chains) throws InterruptedException {
    AtomicInteger turn = new AtomicInteger();
    siege.crew(CREW, () -> ask(siege, chains.get(turn.getAndIncrement() % chains.size())));
  }

  /** Three requests on one connection; whatever they are answered, they must be. */
  private static void ask(Siege siege, ClientChain chain) throws IOException {
    try (Http1WireClient client = siege.http1(chain)) {
      for (int i = 0; i < 3; i++) {
        client.exchange("GET", "/api/v1/namespaces", List.of(), new byte[0]);
        siege.acted();
      }
    } catch (SocketTimeoutException e) {
      siege.owed();
      throw e;
    }
  }
}
