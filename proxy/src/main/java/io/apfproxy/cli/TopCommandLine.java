package io.apfproxy.cli;

import io.apfproxy.report.talkers.NowQuestion;
import io.apfproxy.report.talkers.TopQuestion;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** Reads the command line of {@code top}. */
final class TopCommandLine {
  private static final String BY = "--by";
  private static final String WINDOW = "--window";
  private static final String SORT = "--sort";
  private static final String LIMIT = "--limit";
  private static final String ONCE = "--once";
  static final String OUTPUT = "--output";

  private static final TopQuestion USUAL = TopQuestion.of(null, null, null, null);

  private TopCommandLine() {}

  static Command read(List<String> arguments) throws UsageException {
    CommandSpec spec =
        ConfigurationCommands.spec(
            BY,
            WINDOW,
            SORT,
            LIMIT,
            OUTPUT,
            AdminFlags.ADMIN,
            AdminFlags.TOKEN_FILE,
            AdminFlags.CERTIFICATE_AUTHORITY);
    spec.addOption(OptionSpec.builder(ONCE).type(boolean.class).build());
    ParseResult parsed = CommandLineReader.parse(spec, arguments);
    if (parsed.isUsageHelpRequested()) {
      return new Command.Help(HelpText.top());
    }
    List<String> others = ConfigurationCommands.positional(parsed);
    if (!others.isEmpty()) {
      throw new UsageException("top: found \"" + others.get(0) + "\", expected flags only");
    }
    return new Command.Top(
        new TopOptions(
            AdminFlags.read(parsed),
            isNow(parsed) ? USUAL : question(parsed),
            isNow(parsed) ? now(parsed) : null,
            parsed.hasMatchedOption(ONCE),
            json(parsed)));
  }

  private static boolean isNow(ParseResult parsed) {
    return NowQuestion.WINDOW.equals(ConfigurationCommands.last(parsed, WINDOW));
  }

  private static NowQuestion now(ParseResult parsed) throws UsageException {
    try {
      return NowQuestion.of(
          ConfigurationCommands.last(parsed, BY),
          ConfigurationCommands.last(parsed, SORT),
          ConfigurationCommands.last(parsed, LIMIT));
    } catch (IllegalArgumentException e) {
      throw new UsageException("--" + e.getMessage()); // begins with the flag's name
    }
  }

  private static TopQuestion question(ParseResult parsed) throws UsageException {
    try {
      return TopQuestion.of(
          ConfigurationCommands.last(parsed, BY),
          ConfigurationCommands.last(parsed, WINDOW),
          ConfigurationCommands.last(parsed, SORT),
          ConfigurationCommands.last(parsed, LIMIT));
    } catch (IllegalArgumentException e) {
      throw new UsageException("--" + e.getMessage()); // begins with the flag's name
    }
  }

  /** Whether the output is JSON, not a table. */
  static boolean json(ParseResult parsed) throws UsageException {
    String found = ConfigurationCommands.last(parsed, OUTPUT);
    if (found == null || found.equals("table")) {
      return false;
    }
    if (!found.equals("json")) {
      throw new UsageException(OUTPUT + ": found \"" + found + "\", expected one of table, json");
    }
    return true;
  }
}
