package io.apfproxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.fixtures.apiserver.EmbeddedApiServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program as a process: output, exit codes, signals. */
class MainIT {
  private static final Duration LONG_ENOUGH = Duration.ofMinutes(3);

  @TempDir Path directory;

  private Process run(String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "io.apfproxy.Main"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out().toFile()).redirectError(err().toFile());
    builder.environment().put("LC_ALL", "C"); // as of most containers
    return builder.start();
  }

  private Path out() {
    return directory.resolve("out");
  }

  private Path err() {
    return directory.resolve("err");
  }

  private static int exitCode(Process process) throws InterruptedException {
    assertThat(process.waitFor(LONG_ENOUGH.toSeconds(), TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  @Test
  void printsItsVersion() throws Exception {
    assertThat(exitCode(run("version"))).isZero();

    assertThat(out()).content().startsWith("apf-proxy ").hasLineCount(1);
  }

  @Test
  void exitsWith2AndOneLineOnWrongUsage() throws Exception {
    assertThat(exitCode(run("--secure-prt=1"))).isEqualTo(2);

    assertThat(err())
        .hasContent("apf-proxy: unknown flag --secure-prt, the nearest known is --secure-port");
    assertThat(out()).isEmptyFile();
  }

  @Test
  void exitsWith1AndOneLineOnAnUnreadableKubeconfig() throws Exception {
    Path missing = directory.resolve("missing");

    assertThat(exitCode(run("--kubeconfig=" + missing, "--cert-dir=" + directory))).isEqualTo(1);

    List<String> complaints =
        Files.readAllLines(err()).stream().filter(line -> line.startsWith("apf-proxy: ")).toList();
    assertThat(complaints).hasSize(1).first().asString().contains(missing.toString());
    assertThat(err()).content().doesNotContain("\tat ");
  }

  @Test
  void printsAKubeconfigThatLeadsThroughTheProxy() throws Exception {
    Path kubeconfig =
        Files.writeString(
            directory.resolve("in"),
            """
            apiVersion: v1
            kind: Config
            clusters: [{name: c, cluster: {server: "https://1.2.3.4"}}]
            users: [{name: jörg, user: {token: t}}]
            contexts: [{name: x, context: {cluster: c, user: jörg}}]
            current-context: x
            """);

    assertThat(
            exitCode(
                run("kubeconfig", "--kubeconfig=" + kubeconfig, "--server=https://localhost:6443")))
        .isZero();

    assertThat(out())
        .content()
        .contains("https://localhost:6443")
        .contains("token")
        .contains("jörg")
        .doesNotContain("1.2.3.4");
  }

  /** Serves in a process of its own, which has said so. */
  private void serving(Serving what, String... more) throws Exception {
    Path folder = Files.createDirectory(directory.resolve("upstream"));
    try (EmbeddedApiServer upstream = EmbeddedApiServer.builder(folder).start()) {
      List<String> flags =
          new ArrayList<>(
              List.of(
                  "--kubeconfig=" + upstream.adminKubeconfig(),
                  "--bind-address=127.0.0.1",
                  "--secure-port=0",
                  "--admin-port=0",
                  "--cert-dir=" + directory.resolve("certs"),
                  "--allow-privileged-impersonation"));
      flags.addAll(List.of(more));
      Process process = run(flags.toArray(String[]::new));
      try {
        await()
            .atMost(LONG_ENOUGH)
            .untilAsserted(() -> assertThat(out()).content().contains("kubectl --kubeconfig"));
        what.accept(process);
      } finally {
        process.destroyForcibly();
      }
    }
  }

  private interface Serving {
    void accept(Process process) throws Exception;
  }

  @Test
  void servesUntilSigtermAndThenExitsWith0() throws Exception {
    serving(
        process -> {
          process.destroy(); // SIGTERM

          assertThat(exitCode(process)).as("143 without a drain").isZero();
        });
  }

  @Tag("S94")
  @Test
  void endsAtOnceAtTheSecondSigterm() throws Exception {
    serving(
        process -> {
          process.destroy();
          await()
              .atMost(LONG_ENOUGH)
              .untilAsserted(() -> assertThat(out()).content().contains("stopping: not ready"));

          process.destroy();

          assertThat(exitCode(process)).isEqualTo(1);
        },
        "--shutdown-delay-duration=10m",
        "-v=4");
  }
}
