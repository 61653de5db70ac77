package io.apfproxy.kube.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.apfproxy.fixtures.pki.TestAuthority;
import io.apfproxy.fixtures.pki.TestCertificate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExecPluginIT {
  private static final Duration PLENTY = Duration.ofSeconds(60);

  @TempDir Path folder;

  private ExecPlugin plugin(String script, Map<String, Object> more) throws Exception {
    Path file = Files.writeString(folder.resolve("plugin"), "#!/bin/sh\n" + script);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    Map<String, Object> exec = new java.util.HashMap<>(more);
    exec.put("apiVersion", "client.authentication.k8s.io/v1");
    exec.put("command", "./plugin");
    return new ExecPlugin(exec, Map.of("server", "https://s"), folder.resolve("config"));
  }

  private void assertRefused(ExecPlugin plugin, Duration limit, String what) {
    assertThatThrownBy(() -> plugin.run(limit))
        .isInstanceOf(UpstreamAccessException.class)
        .hasMessage(
            "--kubeconfig " + folder.resolve("config") + ": the exec plug-in \"./plugin\" " + what);
  }

  @Test
  void givesATokenAndIsToldWhatKubectlTells() throws Exception {
    ExecPlugin plugin =
        plugin(
            """
            echo "$KUBERNETES_EXEC_INFO" > info
            echo "{\\"kind\\": \\"ExecCredential\\", \\"status\\": {\\"token\\": \\"$1-$SECRET\\"}}"
            """
                .replace("> info", "> " + folder.resolve("info")),
            Map.of(
                "args",
                List.of("a"),
                "env",
                List.of(Map.of("name", "SECRET", "value", "b")),
                "provideClusterInfo",
                true));

    ExecPlugin.Credential credential = plugin.run(PLENTY);

    assertThat(credential.token()).isEqualTo("a-b");
    assertThat(credential).asString().doesNotContain("a-b");
    assertThat(folder.resolve("info"))
        .content()
        .contains("\"apiVersion\":\"client.authentication.k8s.io/v1\"")
        .contains("\"interactive\":false")
        .contains("\"server\":\"https://s\"");
  }

  @Test
  void isKilledWithAllItStartedWhenItTakesTooLong() throws Exception {
    Path pid = folder.resolve("pid");
    String script = "sleep 600 &\necho $! > " + pid + "\n";
    long begun = System.nanoTime();
    assertRefused(
        plugin("echo secret\n", Map.of()),
        PLENTY,
        "printed something else than an ExecCredential in JSON");
    long took = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun);
    long limit = 6 + 4 * took; // enough to say who it is, on a busy machine too

    assertRefused(
        plugin(script + "wait\n", Map.of()),
        Duration.ofSeconds(limit),
        "took longer than " + limit + " s and was stopped");

    long grandchild = Long.parseLong(Files.readString(pid).trim());
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> ProcessHandle.of(grandchild).filter(ProcessHandle::isAlive).isEmpty());
  }

  @Test
  void isKilledWhenItSaysTooMuch() throws Exception {
    assertRefused(
        plugin("yes secret\n", Map.of()),
        PLENTY,
        "printed more than 1048576 bytes and was stopped");
  }

  @Test
  void isNamedWhenItFailsAndWhatItPrintedIsNotRepeated() throws Exception {
    assertRefused(plugin("echo secret\nexit 7\n", Map.of()), PLENTY, "ended with exit code 7");
    assertRefused(
        plugin("echo secret\n", Map.of()),
        PLENTY,
        "printed something else than an ExecCredential in JSON");
    assertRefused(
        plugin("echo '{\"status\": {}}'\n", Map.of()),
        PLENTY,
        "gave neither a token nor a certificate with its key");
    assertRefused(
        plugin("exit 0", Map.of("interactiveMode", "Always")),
        PLENTY,
        "wants to ask somebody (interactiveMode: Always), and nobody is there");
    assertThatThrownBy(
            () ->
                new ExecPlugin(
                        Map.of("command", "no-such-program", "installHint", "get it\n"),
                        Map.of(),
                        folder.resolve("config"))
                    .run(PLENTY))
        .hasMessageEndingWith("the exec plug-in \"no-such-program\" cannot be started: get it");
  }

  @Test
  void itsCredentialIsTheOneOfTheKubeconfig() throws Exception {
    TestCertificate admin = TestAuthority.named("ca").leaf("admin").forClients().issue();
    Path json = folder.resolve("credential.json");
    Files.writeString(
        json,
        new com.fasterxml.jackson.databind.ObjectMapper()
            .writeValueAsString(
                Map.of(
                    "status",
                    Map.of(
                        "clientCertificateData",
                        admin.certificatePem(),
                        "clientKeyData",
                        admin.keyPem()))));
    var unused = plugin("cat " + json, Map.of());
    Path config =
        Files.writeString(
            folder.resolve("config"),
            """
            apiVersion: v1
            kind: Config
            clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]
            users: [{name: u, user: {exec: {command: ./plugin}}}]
            contexts: [{name: x, context: {cluster: c, user: u}}]
            current-context: x
            """);

    try (UpstreamAccess access =
        UpstreamAccess.open(new UpstreamAccess.Sources(config, null, null, null, null))) {
      assertThat(access.upstream().ownCertificate()).isNotNull();
      assertThat(access.upstream().server()).hasToString("https://127.0.0.1:1");
    }
  }
}
