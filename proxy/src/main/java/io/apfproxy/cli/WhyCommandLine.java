package io.apfproxy.cli;

import io.apfproxy.report.refusals.RefusalQuestion;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ParseResult;

/** Reads the command line of {@code why}. */
final class WhyCommandLine {
  private static final String USER = "--user";
  private static final String LIMIT = "--limit";
  private static final int FEW = 5;

  private WhyCommandLine() {}

  static Command read(List<String> arguments) throws UsageException {
    ParseResult parsed =
        CommandLineReader.parse(
            ConfigurationCommands.spec(
                USER,
                LIMIT,
                AdminFlags.ADMIN,
                AdminFlags.TOKEN_FILE,
                AdminFlags.CERTIFICATE_AUTHORITY),
            arguments);
    if (parsed.isUsageHelpRequested()) {
      return new Command.Help(HelpText.why());
    }
    List<String> ids = ConfigurationCommands.positional(parsed);
    String user = ConfigurationCommands.last(parsed, USER);
    if (ids.size() != (user == null ? 1 : 0)) {
      throw new UsageException(
          "why: found "
              + ids.size()
              + (ids.size() == 1 ? " argument" : " arguments")
              + (user == null ? "" : " with " + USER)
              + ", expected AUDIT-ID, or "
              + USER
              + " NAME");
    }
    return new Command.Why(
        new WhyOptions(
            AdminFlags.read(parsed),
            question(
                user == null ? ids.get(0) : null,
                user,
                ConfigurationCommands.last(parsed, LIMIT))));
  }

  private static RefusalQuestion question(
      @Nullable String id, @Nullable String user, @Nullable String limit) throws UsageException {
    try {
      return new RefusalQuestion(id, user, null, null, RefusalQuestion.limit(limit, FEW));
    } catch (IllegalArgumentException e) {
      throw new UsageException("--" + e.getMessage()); // begins with the flag's name
    }
  }
}
