package io.apfproxy.cli;

import java.util.List;
import picocli.CommandLine.ParseResult;

/** Reads the command line of {@code adopt}. */
final class AdoptCommandLine {
  private AdoptCommandLine() {}

  static Command read(List<String> arguments) throws UsageException {
    ParseResult parsed =
        CommandLineReader.parse(
            ConfigurationCommands.spec(
                TopCommandLine.OUTPUT,
                AdminFlags.ADMIN,
                AdminFlags.TOKEN_FILE,
                AdminFlags.CERTIFICATE_AUTHORITY),
            arguments);
    if (parsed.isUsageHelpRequested()) {
      return new Command.Help(HelpText.adopt());
    }
    List<String> others = ConfigurationCommands.positional(parsed);
    if (!others.isEmpty()) {
      throw new UsageException("adopt: found \"" + others.get(0) + "\", expected flags only");
    }
    return new Command.Adopt(
        new AdoptOptions(AdminFlags.read(parsed), TopCommandLine.json(parsed)));
  }
}
