package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.apfproxy.child.ChildProxy;
import io.apfproxy.deploy.JvmFlags;
import io.apfproxy.fixtures.realcluster.RunningCommand;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What the jar takes of the memory with the product's flags, in a small container. Linux only. */
class FootprintIT extends AppFixture {
  private static final Duration LONGEST = Duration.ofSeconds(60);
  private static final int CONTAINER_MEBIBYTES = 256;
  private static final String PART = "MinRAMPercentage=";
  private static final int REQUESTS = 2_000;
  private static final int AT_A_TIME = 50;

  @Test
  void fitsAContainerOf256MebibytesWithAllOfItsHeapInUse() throws Exception {
    assumeThat(Path.of("/proc/self/status")).exists();
    List<String> jvm =
        List.of(
            JvmFlags.option(),
            "-XX:MaxRAM=" + CONTAINER_MEBIBYTES + "m", // as if there were no more
            "-XX:+UseSerialGC", // the JVM's own choice for as little
            "-Xms" + heapMebibytes() + "m",
            "-XX:+AlwaysPreTouch");
    try (ChildProxy child = startJar(jvm, "--warm-up=3s")) {
      child.awaitReady();
      HttpClient client = clientOfJar();
      HttpRequest asked = asAlice(child, NAMESPACES);

      for (int sent = 0; sent < REQUESTS; sent += AT_A_TIME) {
        List<CompletableFuture<HttpResponse<Void>>> open = new ArrayList<>();
        for (int i = 0; i < AT_A_TIME; i++) {
          open.add(client.sendAsync(asked, BodyHandlers.discarding()));
        }
        assertThat(open).allSatisfy(one -> assertThat(one.join().statusCode()).isEqualTo(200));
      }

      assertThat(ownMebibytes(child.pid())).isLessThan(CONTAINER_MEBIBYTES);
      assertThat(child.log()).doesNotContain("started without -XX:+ExitOnOutOfMemoryError");
    }
  }

  @Test
  void theJvmTakesEachFlagFromTheFile() {
    List<String> command = ChildProxy.java(JvmFlags.option(), "-XX:+PrintFlagsFinal", "-version");

    String known =
        RunningCommand.start(new ProcessBuilder(command)).await(LONGEST).orThrow().stdout();

    for (String flag : JvmFlags.all()) {
      String name = flag.replaceAll("=.*|[+-]", "");
      assertThat(known.lines())
          .anyMatch(line -> line.contains(" " + name + " ") && line.contains("{config file}"));
    }
  }

  /** As much as the flags give it of the container. */
  private static long heapMebibytes() {
    return JvmFlags.all().stream()
        .filter(flag -> flag.startsWith(PART))
        .mapToLong(
            flag -> CONTAINER_MEBIBYTES * Long.parseLong(flag.substring(PART.length())) / 100)
        .findFirst()
        .orElseThrow();
  }

  /** Resident, without what is of files: the kernel takes that back where it has to. */
  private static long ownMebibytes(long pid) throws Exception {
    return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
        .filter(line -> line.startsWith("RssAnon:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) >> 10)
        .findFirst()
        .orElseThrow();
  }
}
