package io.apfproxy;

import io.apfproxy.cli.Command;
import io.apfproxy.cli.UsageException;
import java.util.List;

/** The program: arguments to options, options to the running proxy, its end to an exit code. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    System.exit(run(List.of(arguments)));
  }

  private static int run(List<String> arguments) {
    try {
      Command command = Command.parse(arguments, System.getenv());
      if (command instanceof Command.Help help) {
        System.out.print(help.text());
        return 0;
      }
      System.out.println(command);
      return 0;
    } catch (UsageException e) {
      System.err.println("apf-proxy: " + e.getMessage());
      return e.exitCode();
    }
  }
}
