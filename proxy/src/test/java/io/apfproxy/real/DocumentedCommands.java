package io.apfproxy.real;

import io.apfproxy.child.ChildProxy;
import io.apfproxy.fixtures.realcluster.CommandResult;
import io.apfproxy.fixtures.realcluster.RunningCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Commands of the pages for users, run by a shell as they stand there, in the place of somebody who
 * has a folder, a kubeconfig and the program. Not thread-safe.
 */
final class DocumentedCommands {
  private static final Duration LONG = Duration.ofSeconds(90);
  private static final Pattern BLOCK = Pattern.compile("(?sm)^ *```(sh|yaml)\n(.*?)^ *```$");

  private final Path folder;
  private final Map<String, String> variables = new HashMap<>();

  /**
   * @param folder where the commands run and leave their files; its home too
   * @param kubeconfig what kubectl goes by
   */
  DocumentedCommands(Path folder, Path kubeconfig) {
    this.folder = folder;
    try {
      Files.createDirectories(folder.resolve(".kube"));
      Files.copy(kubeconfig, folder.resolve(".kube").resolve("config"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * What stands in a page's blocks of a language, in order.
   *
   * @param page such as {@code adopt.md}
   * @param language {@code sh} or {@code yaml}
   */
  static List<String> blocks(String page, String language) {
    return BLOCK
        .matcher(text(page))
        .results()
        .filter(block -> block.group(1).equals(language))
        .map(block -> block.group(2))
        .toList();
  }

  /** The whole of a page. */
  static String text(String page) {
    try {
      return Files.readString(Path.of("..", "docs", page));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sets a variable of the shell for all commands from now on. */
  void set(String variable, String value) {
    variables.put(variable, value);
  }

  /** Runs them to the end, for at most 90 seconds; the first that fails is the last. */
  CommandResult run(String commands) {
    String program =
        "apf-proxy() { '"
            + ChildProxy.java().get(0)
            + "' -jar '"
            + ChildProxy.jar()
            + "' \"$@\"; }\n";
    ProcessBuilder shell = new ProcessBuilder("bash", "-euo", "pipefail", "-c", program + commands);
    shell.directory(folder.toFile());
    shell.environment().keySet().removeIf(name -> name.startsWith("KUBECONFIG"));
    shell.environment().put("HOME", folder.toString());
    shell.environment().putAll(variables);
    shell
        .environment()
        .merge("PATH", System.getenv("KUBEBUILDER_ASSETS"), (old, own) -> own + ":" + old);
    return RunningCommand.start(shell).await(LONG);
  }
}
