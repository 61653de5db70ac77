package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.fixtures.apiserver.EmbeddedApiServer;
import io.apfproxy.fixtures.raw.RawClient;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two proxies behind a balancer that sends nothing new to one that is not ready. */
@Tag("S94")
class RollingRestartIT {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String MAPS = "/api/v1/namespaces/default/configmaps";
  private static final int CLIENTS = 3;

  @TempDir Path directory;
  private EmbeddedApiServer upstream;
  private final List<AtomicReference<ProxyApp>> proxies =
      List.of(new AtomicReference<>(), new AtomicReference<>());
  private final AtomicInteger sent = new AtomicInteger();
  private final Queue<String> created = new ConcurrentLinkedQueue<>();
  private final Queue<String> lost = new ConcurrentLinkedQueue<>();
  private final AtomicInteger refused = new AtomicInteger();
  private volatile boolean enough;

  private ProxyApp start() throws Exception {
    ProxyApp proxy =
        ProxyApp.start(
            LocalProxy.options(
                upstream.adminKubeconfig(),
                directory,
                "--shutdown-delay-duration=6s", // a busy machine may take three to connect
                "--shutdown-grace=10s"));
    await().atMost(LONG).until(proxy::isReady);
    return proxy;
  }

  /** Writes, each on a connection of its own, as one that is written to must not be sent twice. */
  private void load(int client) {
    for (int i = 0; !enough; i++) {
      String name = "m-" + client + "-" + i;
      try {
        while (!create(name, proxies.get((client + i) % 2).get())) {
          if (enough) {
            return;
          }
        }
        created.add(name);
      } catch (RuntimeException cut) {
        lost.add(name + ": " + cut);
      }
    }
  }

  /** Whether it was answered; one that is not ready, or says that it stops, means: ask another. */
  private boolean create(String name, ProxyApp asked) {
    ProxyApp proxy =
        asked.isReady()
            ? asked
            : proxies.stream()
                .map(AtomicReference::get)
                .filter(ProxyApp::isReady)
                .findFirst()
                .orElse(asked);
    String body = "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"" + name;
    body += "\"}}";
    RawClient client;
    try {
      client = new RawClient(proxy.securePort());
    } catch (UncheckedIOException nobodyListens) {
      return false;
    }
    try (client) {
      sent.incrementAndGet();
      client.send(
          "POST "
              + MAPS
              + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer "
              + upstream.token("alice")
              + "\r\nContent-Type: application/json\r\nContent-Length: "
              + body.length()
              + "\r\n\r\n"
              + body);
      String head = client.readHead();
      if (head.startsWith("HTTP/1.1 429")) {
        refused.incrementAndGet();
        return false;
      }
      if (!head.startsWith("HTTP/1.1 201")) {
        lost.add(name + ": " + head.lines().findFirst().orElse("cut off"));
      }
      return true;
    }
  }

  @Test
  void losesNothing() throws Exception {
    try (EmbeddedApiServer server =
        EmbeddedApiServer.builder(Files.createDirectory(directory.resolve("upstream")))
            .user("alice")
            .allow("alice", "*", "*")
            .start()) {
      upstream = server;
      for (AtomicReference<ProxyApp> proxy : proxies) {
        proxy.set(start());
      }
      List<Thread> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        int client = i;
        clients.add(new Thread(() -> load(client)));
      }
      clients.forEach(Thread::start);
      await().atMost(LONG).until(() -> created.size() > 20);

      for (AtomicReference<ProxyApp> proxy : proxies) {
        ProxyApp next = start();
        int before = created.size();
        try (ProxyApp old = proxy.get()) {
          assertThat(old.isReady()).isTrue();
        } // stops it, under load
        proxy.set(next);
        await().atMost(LONG).until(() -> created.size() > before + 20);
      }
      enough = true;
      for (Thread client : clients) {
        client.join(LONG.toMillis());
      }

      assertThat(lost).isEmpty();
      System.out.printf(
          "rolling restart: %d writes sent, %d created, %d refused with 429 and sent again, 0"
              + " lost%n",
          sent.get(), created.size(), refused.get());
    } finally {
      enough = true;
      for (AtomicReference<ProxyApp> proxy : proxies) {
        if (proxy.get() != null) {
          proxy.get().close();
        }
      }
    }
  }
}
