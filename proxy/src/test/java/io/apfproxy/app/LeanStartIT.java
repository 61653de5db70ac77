package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.child.ChildProxy;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the jar's start and first request do without: it cost a third of their processor time. */
class LeanStartIT extends AppFixture {
  private static final Duration LONGEST = Duration.ofSeconds(60);

  /** By how their names begin; the JVM tells each class that it loads. */
  private static final List<String> UNUSED =
      List.of(
          // keys derived from passwords: KeysInMemory
          "com.sun.crypto.provider.PBKDF2",
          // set up by Netty where it is: the jar has none
          "org.bouncycastle.jce.provider.",
          "org.bouncycastle.jcajce.provider.",
          // Netty's events: LeanStart
          "jdk.jfr.internal.MetadataRepository",
          // the log's own XML: ProgramLog
          "com.sun.org.apache.xerces.",
          // kinds that nobody asks for: META-INF/services
          "io.fabric8.kubernetes.api.model.PodSpec",
          "io.fabric8.kubernetes.api.model.scheduling.");

  @Test
  void loadsNothingThatNobodyNeeds() throws Exception {
    Path loaded = directory.resolve("loaded");
    List<String> jvm = List.of("-Xmx512m", "-Xlog:class+load:file=" + loaded + ":none");
    try (ChildProxy child = startJar(jvm)) {
      child.awaitReady();
      HttpClient client = clientOfJar();
      HttpRequest asked = asAlice(child, NAMESPACES);
      assertThat(client.send(asked, BodyHandlers.discarding()).statusCode()).isEqualTo(200);
      await() // the JVM's own log is written by the thread that loads
          .atMost(LONGEST)
          .until(() -> Files.readString(loaded).contains("io.apfproxy.server.walk."));

      assertThat(Files.readAllLines(loaded))
          .noneMatch(line -> UNUSED.stream().anyMatch(line::startsWith));
    }
  }
}
