package io.apfproxy.real;

import static io.apfproxy.real.KubectlStep.step;

import io.apfproxy.fixtures.realcluster.CommandResult;
import io.apfproxy.fixtures.realcluster.RunningCommand;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * What goes through an upgraded connection, and the log that streams beside them: exec, attach, cp,
 * port-forward, logs -f.
 */
final class PodStreamSteps {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int COPIED_BYTES = 4 << 20;
  private static final int FORWARDED_BYTES = 2 << 20;
  private static final Pattern FORWARDING =
      Pattern.compile("Forwarding from 127\\.0\\.0\\.1:(\\d+) -> 7");

  private PodStreamSteps() {}

  /**
   * The same steps for either protocol.
   *
   * @param webSockets {@code true} or {@code false}, for kubectl's switches
   */
  static List<KubectlStep> steps(String suffix, String webSockets) {
    Function<Function<KubectlActor, CommandResult>, Function<KubectlActor, CommandResult>> by =
        action ->
            actor ->
                action.apply(
                    actor
                        .with("KUBECTL_REMOTE_COMMAND_WEBSOCKETS", webSockets)
                        .with("KUBECTL_PORT_FORWARD_WEBSOCKETS", webSockets));
    return List.of(
        step("exec " + suffix, by.apply(actor -> exec(actor, "echo out; echo err >&2")))
            .shows("err"),
        step("exec with standard input " + suffix, by.apply(PodStreamSteps::execWithInput))
            .shows("from the client"),
        step("exec that fails " + suffix, by.apply(actor -> exec(actor, "exit 7"))).fails(7),
        step(
                "exec of a missing pod " + suffix,
                by.apply(actor -> actor.run("exec", "absent", "-n", "{ns}", "--", "true")))
            .fails(1),
        step("exec with much output " + suffix, by.apply(PodStreamSteps::execWithMuchOutput))
            .shows("5000000 bytes"),
        step("attach " + suffix, by.apply(PodStreamSteps::attach)).shows("typed"),
        step("cp there and back " + suffix, by.apply(PodStreamSteps::copy)).shows("same checksum"),
        step("port-forward " + suffix, by.apply(PodStreamSteps::portForward))
            .shows("same checksum"),
        step("logs -f " + suffix, by.apply(PodStreamSteps::followLog)).shows("consecutive"));
  }

  private static CommandResult exec(KubectlActor actor, String shell) {
    return actor.run("exec", "shell", "-n", "{ns}", "--", "sh", "-c", shell);
  }

  private static CommandResult execWithInput(KubectlActor actor) {
    return actor.runWithInput(
        "from the client\n".repeat(1000), "exec", "-i", "shell", "-n", "{ns}", "--", "cat");
  }

  private static CommandResult execWithMuchOutput(KubectlActor actor) {
    CommandResult zeros = exec(actor, "yes | head -c 5000000");
    return new CommandResult(
        zeros.command(), zeros.exitCode(), zeros.stdout().length() + " bytes", zeros.stderr());
  }

  private static CommandResult attach(KubectlActor actor) {
    return actor.runWithInput("typed\n", "attach", "-i", "shell", "-n", "{ns}");
  }

  private static CommandResult copy(KubectlActor actor) {
    try {
      byte[] content = randomBytes(COPIED_BYTES);
      Path there = Files.write(actor.scratch().resolve(actor.id() + "-there.bin"), content);
      Path back = actor.scratch().resolve(actor.id() + "-back.bin");
      Files.deleteIfExists(back);
      CommandResult out = actor.run("cp", there.toString(), "{ns}/shell:copied.bin").orThrow();
      String remote = exec(actor, "sha256sum copied.bin").orThrow().stdout().substring(0, 64);
      CommandResult in = actor.run("cp", "{ns}/shell:copied.bin", back.toString()).orThrow();
      boolean same =
          remote.equals(sha256(content))
              && sha256(Files.readAllBytes(back)).equals(sha256(content));
      return new CommandResult(
          "cp", 0, same ? "same checksum" : "other checksum", out.stderr() + in.stderr());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static CommandResult portForward(KubectlActor actor) {
    try (RunningCommand forward = actor.start("port-forward", "pod/shell", "-n", "{ns}", ":7")) {
      Matcher port =
          FORWARDING.matcher(
              forward.awaitStdout(text -> FORWARDING.matcher(text).find(), PATIENCE));
      if (!port.find()) {
        throw new IllegalStateException("no port in " + forward.stdout());
      }
      byte[] content = randomBytes(FORWARDED_BYTES);
      byte[] echoed = echo(Integer.parseInt(port.group(1)), content);
      boolean same = sha256(echoed).equals(sha256(content));
      return new CommandResult(
          "port-forward", 0, same ? "same checksum" : "other checksum", forward.stderr());
    }
  }

  /** Writes everything while reading as much back. */
  private static byte[] echo(int port, byte[] content) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout((int) PATIENCE.toMillis());
      CompletableFuture<Void> written =
          CompletableFuture.runAsync(
              () -> {
                try {
                  OutputStream out = socket.getOutputStream();
                  out.write(content);
                  out.flush();
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      byte[] echoed = socket.getInputStream().readNBytes(content.length);
      written.join();
      return echoed;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The log grows for ever, so where it starts is chance; that no line is lost or doubled is not.
   */
  private static CommandResult followLog(KubectlActor actor) {
    Pattern line = Pattern.compile("line (\\d+) of shell/main\\n");
    try (RunningCommand logs = actor.start("logs", "-f", "--tail=3", "shell", "-n", "{ns}")) {
      String text = logs.awaitStdout(seen -> line.matcher(seen).results().count() >= 8, PATIENCE);
      List<Integer> numbers =
          line.matcher(text).results().map(match -> Integer.parseInt(match.group(1))).toList();
      boolean consecutive =
          IntStream.range(1, numbers.size())
              .allMatch(i -> numbers.get(i) == numbers.get(i - 1) + 1);
      return new CommandResult(
          "logs -f", 0, consecutive ? "consecutive" : "not consecutive:\n" + text, logs.stderr());
    }
  }

  private static byte[] randomBytes(int count) {
    byte[] bytes = new byte[count];
    new Random(7).nextBytes(bytes);
    return bytes;
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
