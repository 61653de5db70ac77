package io.apfproxy.kube.access;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The exec credential plug-in of a kubeconfig's user, as kubectl runs it, but bounded in time and
 * output. Source: client-go, plugin/pkg/client/auth/exec.
 */
final class ExecPlugin {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MAX_OUTPUT = 1 << 20;
  private static final String EXEC_INFO = "KUBERNETES_EXEC_INFO";

  private final Map<String, Object> exec;
  private final Map<String, Object> cluster;
  private final Path kubeconfig;
  private final String command;

  /**
   * @param exec of the user
   * @param cluster for plug-ins that want to know
   * @param kubeconfig a command with a slash in it is relative to its folder
   */
  ExecPlugin(Map<String, Object> exec, Map<String, Object> cluster, Path kubeconfig) {
    this.exec = exec;
    this.cluster = cluster;
    this.kubeconfig = kubeconfig;
    this.command = text(exec.get("command"));
  }

  /** What it gave. Secret: never log. */
  record Credential(@Nullable String token, @Nullable String certificate, @Nullable String key) {
    @Override
    public String toString() {
      return "Credential[...]";
    }
  }

  /**
   * Runs it, and kills it and all it started when it takes too long or says too much.
   *
   * @throws UpstreamAccessException naming the plug-in; never with what it printed
   */
  Credential run(Duration limit) throws UpstreamAccessException {
    if (text(exec.get("interactiveMode")).equals("Always")) {
      throw failed("wants to ask somebody (interactiveMode: Always), and nobody is there");
    }
    Process process;
    try {
      process = start();
    } catch (IOException e) {
      String hint = text(exec.get("installHint")).strip();
      throw failed("cannot be started" + (hint.isEmpty() ? "" : ": " + hint));
    }
    CompletableFuture<byte[]> output = read(process.getInputStream());
    long end = System.nanoTime() + limit.toNanos();
    try {
      byte[] bytes = output.get(limit.toNanos(), TimeUnit.NANOSECONDS);
      if (bytes.length > MAX_OUTPUT) {
        throw failed("printed more than " + MAX_OUTPUT + " bytes and was stopped");
      }
      if (!process.waitFor(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        throw failed("took longer than " + limit.toSeconds() + " s and was stopped");
      }
      if (process.exitValue() != 0) {
        throw failed("ended with exit code " + process.exitValue());
      }
      return credential(bytes);
    } catch (TimeoutException e) {
      throw failed("took longer than " + limit.toSeconds() + " s and was stopped");
    } catch (ExecutionException e) {
      throw failed("cannot be read from");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed("was stopped, as the proxy is");
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private Process start() throws IOException {
    List<String> words = new ArrayList<>();
    words.add(
        command.contains("/")
            ? kubeconfig.resolveSibling(command).normalize().toString()
            : command);
    if (exec.get("args") instanceof List<?> arguments) {
      arguments.forEach(argument -> words.add(text(argument)));
    }
    ProcessBuilder builder =
        new ProcessBuilder(words)
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
            .redirectError(ProcessBuilder.Redirect.INHERIT); // for people, as with kubectl
    if (exec.get("env") instanceof List<?> variables) {
      for (Object variable : variables) {
        if (variable instanceof Map<?, ?> pair) {
          builder.environment().put(text(pair.get("name")), text(pair.get("value")));
        }
      }
    }
    builder.environment().put(EXEC_INFO, execInfo());
    return builder.start();
  }

  private String execInfo() {
    ObjectNode info = JSON.createObjectNode();
    info.put("apiVersion", text(exec.get("apiVersion"))).put("kind", "ExecCredential");
    ObjectNode spec = info.putObject("spec").put("interactive", false);
    if (Boolean.TRUE.equals(exec.get("provideClusterInfo"))) {
      spec.set("cluster", JSON.valueToTree(cluster));
    }
    return info.toString();
  }

  /** On a thread of its own: whoever inherited the pipe may hold it open. */
  private static CompletableFuture<byte[]> read(InputStream stream) {
    CompletableFuture<byte[]> output = new CompletableFuture<>();
    Thread reader =
        new Thread(
            () -> {
              try (stream) {
                output.complete(stream.readNBytes(MAX_OUTPUT + 1));
              } catch (IOException e) {
                output.completeExceptionally(e);
              }
            },
            "exec-plugin-output");
    reader.setDaemon(true);
    reader.start();
    return output;
  }

  private Credential credential(byte[] output) throws UpstreamAccessException {
    JsonNode status;
    try {
      status = JSON.readTree(output).path("status");
    } catch (JsonProcessingException e) {
      throw failed("printed something else than an ExecCredential in JSON");
    } catch (IOException e) {
      throw failed("cannot be read from");
    }
    Credential credential =
        new Credential(
            status.path("token").asText(null),
            status.path("clientCertificateData").asText(null),
            status.path("clientKeyData").asText(null));
    if (credential.token() == null
        && (credential.certificate() == null || credential.key() == null)) {
      throw failed("gave neither a token nor a certificate with its key");
    }
    return credential;
  }

  private UpstreamAccessException failed(String what) {
    return new UpstreamAccessException(
        "--kubeconfig " + kubeconfig + ": the exec plug-in \"" + command + "\" " + what);
  }

  private static String text(@Nullable Object value) {
    return value == null ? "" : value.toString();
  }
}
