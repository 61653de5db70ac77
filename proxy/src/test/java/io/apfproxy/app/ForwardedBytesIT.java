package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.ThreadMXBean;
import io.apfproxy.fixtures.apiserver.EmbeddedApiServer;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetector.Level;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What one forwarded request leaves to the collector on the proxy's event loops: counted in bytes,
 * on any machine much the same.
 */
class ForwardedBytesIT {
  private static final String TARGET = "/api/v1/namespaces/default";
  private static final int WARM = 500;
  private static final int ROUNDS = 5;
  private static final int REQUESTS = 200;

  @TempDir Path directory;
  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final Level level = ResourceLeakDetector.getLevel();

  /** Tests look for leaks, and keep a stack of each buffer for it: ten times as many bytes. */
  @BeforeEach
  void lookForNoLeaks() {
    ResourceLeakDetector.setLevel(Level.DISABLED);
  }

  @AfterEach
  void lookForLeaksAgain() {
    ResourceLeakDetector.setLevel(level);
  }

  @ParameterizedTest
  @CsvSource({"HTTP_2, 29500", "HTTP_1_1, 23200"})
  void areNotMoreThanTheyWere(HttpClient.Version version, long most) throws Exception {
    try (EmbeddedApiServer upstream =
        EmbeddedApiServer.builder(directory).user("alice").allow("alice", "*", "*").start()) {
      Set<Long> others = new HashSet<>(eventLoops());
      try (ProxyApp proxy =
          LocalProxy.start(
              LocalProxy.options(
                  upstream.adminKubeconfig(), directory, "--event-loops=1", "--goaway-chance=0"))) {
        HttpClient client = LocalProxy.client(proxy, version);
        HttpRequest get =
            HttpRequest.newBuilder(LocalProxy.url(proxy, TARGET))
                .header("Authorization", "Bearer " + upstream.token("alice"))
                .build();
        send(client, get, WARM);

        await() // what is not compiled yet, as on a busy machine, takes more
            .untilAsserted(
                () ->
                    assertThat(median(client, get, others)).as("bytes a request").isLessThan(most));
      }
    }
  }

  private long median(HttpClient client, HttpRequest get, Set<Long> others) throws Exception {
    long[] rounds = new long[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      long before = allocated(others);
      send(client, get, REQUESTS);
      rounds[round] = (allocated(others) - before) / REQUESTS;
    }
    Arrays.sort(rounds);
    return rounds[ROUNDS / 2];
  }

  private static void send(HttpClient client, HttpRequest get, int times) throws Exception {
    for (int i = 0; i < times; i++) {
      HttpResponse<String> answer = client.send(get, BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(200);
    }
  }

  private long allocated(Set<Long> others) {
    return eventLoops().stream()
        .filter(id -> !others.contains(id))
        .mapToLong(threads::getThreadAllocatedBytes)
        .sum();
  }

  private Set<Long> eventLoops() {
    Set<Long> ids = new HashSet<>();
    for (ThreadInfo thread : threads.dumpAllThreads(false, false, 0)) {
      if (thread.getThreadName().contains("eventloop")) {
        ids.add(thread.getThreadId());
      }
    }
    return ids;
  }
}
