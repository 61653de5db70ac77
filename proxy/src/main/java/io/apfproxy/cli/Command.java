package io.apfproxy.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What a command line asks for. */
public sealed interface Command {
  int EXIT_FAILURE = 1;
  int EXIT_USAGE = 2;

  /** Run the proxy. */
  record Serve(ProxyOptions options) implements Command {}

  /** Print a kubeconfig that leads through the proxy. */
  record Kubeconfig(KubeconfigOptions options) implements Command {}

  /** Say what is wrong in manifests. */
  record Check(List<Path> files) implements Command {
    public Check {
      files = List.copyOf(files);
    }
  }

  /**
   * Say what a change of manifests means.
   *
   * @param before file or folder
   * @param after file or folder
   * @param seats of all levels together
   */
  record Diff(Path before, Path after, int seats) implements Command {}

  /** Say where a request goes, and why. */
  record Explain(ExplainOptions options) implements Command {}

  /** Show who uses running proxies most. */
  record Top(TopOptions options) implements Command {}

  /** Say which levels can be enforced. */
  record Adopt(AdoptOptions options) implements Command {}

  /** Say why requests were refused by running proxies. */
  record Why(WhyOptions options) implements Command {}

  /** Say what a configuration makes of invented traffic. */
  record Simulate(RunOptions options) implements Command {}

  /** Say what a configuration makes of the requests in an audit log. */
  record Replay(ReplayOptions options) implements Command {}

  /** Propose levels and schemas for those that crowd others out in an audit log. */
  record Suggest(ReplayOptions options) implements Command {}

  /** Print the version. */
  record Version() implements Command {}

  /** Print a text that was asked for. */
  record Help(String text) implements Command {}

  /**
   * Reads a command line.
   *
   * @param arguments without the program's name
   * @param environment all variables; those named {@code APF_...} after a flag count
   */
  static Command parse(List<String> arguments, Map<String, String> environment)
      throws UsageException {
    return new CommandLineReader(environment).read(arguments);
  }
}
