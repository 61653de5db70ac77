package io.apfproxy.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** Reads the command lines of {@code check}, {@code diff} and {@code explain}. */
final class ConfigurationCommands {
  private static final String SEATS = "--seats";
  private static final String USER = "--user";
  private static final String GROUP = "--group";
  private static final String CONFIG = "--config";
  private static final String DEFAULT_SEATS = "600";

  private ConfigurationCommands() {}

  static Command check(List<String> arguments) throws UsageException {
    ParseResult parsed = CommandLineReader.parse(spec(), arguments);
    if (parsed.isUsageHelpRequested()) {
      return new Command.Help(HelpText.check());
    }
    List<String> files = positional(parsed);
    if (files.isEmpty()) {
      throw new UsageException("check: found no file, expected FILE...");
    }
    return new Command.Check(files.stream().map(Path::of).toList());
  }

  static Command diff(List<String> arguments) throws UsageException {
    ParseResult parsed = CommandLineReader.parse(spec(SEATS), arguments);
    if (parsed.isUsageHelpRequested()) {
      return new Command.Help(HelpText.diff());
    }
    List<String> files = positional(parsed);
    if (files.size() != 2) {
      throw new UsageException("diff: found " + files.size() + " files, expected OLD NEW");
    }
    return new Command.Diff(Path.of(files.get(0)), Path.of(files.get(1)), seats(parsed));
  }

  static Command explain(List<String> arguments) throws UsageException {
    ParseResult parsed =
        CommandLineReader.parse(
            spec(
                SEATS,
                USER,
                GROUP,
                CONFIG,
                TopCommandLine.OUTPUT,
                AdminFlags.ADMIN,
                AdminFlags.TOKEN_FILE,
                AdminFlags.CERTIFICATE_AUTHORITY),
            arguments);
    if (parsed.isUsageHelpRequested()) {
      return new Command.Help(HelpText.explain());
    }
    List<String> what = positional(parsed);
    if (what.size() != 2) {
      throw new UsageException(
          "explain: found " + what.size() + " arguments, expected METHOD URL, such as GET /api");
    }
    if (!what.get(0).matches("[A-Z]+")) {
      throw new UsageException(
          "METHOD: found \""
              + what.get(0)
              + "\", expected an HTTP method in capitals, such as GET");
    }
    String user = last(parsed, USER);
    String config = last(parsed, CONFIG);
    AdminAccess admin = admin(parsed);
    if (admin != null && (config != null || parsed.hasMatchedOption(SEATS))) {
      throw new UsageException(
          AdminFlags.ADMIN + ": found with " + CONFIG + " or " + SEATS + ", expected one of them");
    }
    return new Command.Explain(
        new ExplainOptions(
            user,
            values(parsed, GROUP),
            what.get(0),
            what.get(1),
            config == null ? null : Path.of(config),
            admin,
            seats(parsed),
            json(parsed)));
  }

  /** Null if no running proxy is to be asked. */
  private static @Nullable AdminAccess admin(ParseResult parsed) throws UsageException {
    AdminAccess admin = AdminFlags.read(parsed);
    if (!parsed.hasMatchedOption(AdminFlags.ADMIN)) {
      if (admin.tokenFile() != null || admin.certificateAuthority() != null) {
        throw new UsageException(
            AdminFlags.TOKEN_FILE
                + ", "
                + AdminFlags.CERTIFICATE_AUTHORITY
                + ": found without "
                + AdminFlags.ADMIN
                + ", expected both");
      }
      return null;
    }
    return admin;
  }

  static CommandSpec spec(String... options) {
    CommandSpec spec =
        CommandSpec.create()
            .addOption(CommandLineReader.help())
            .addPositional(
                PositionalParamSpec.builder()
                    .arity("0..*")
                    .type(List.class)
                    .auxiliaryTypes(String.class)
                    .build());
    for (String name : options) {
      spec.addOption(
          OptionSpec.builder(name)
              .arity("1")
              .type(List.class)
              .auxiliaryTypes(String.class)
              .build());
    }
    return spec;
  }

  static List<String> positional(ParseResult parsed) {
    List<String> values = new ArrayList<>();
    parsed.matchedPositionals().forEach(p -> values.addAll(p.stringValues()));
    return values;
  }

  static List<String> values(ParseResult parsed, String name) {
    OptionSpec option = parsed.matchedOption(name);
    return option == null ? List.of() : option.stringValues();
  }

  static @Nullable String last(ParseResult parsed, String name) {
    List<String> values = values(parsed, name);
    return values.isEmpty() ? null : values.get(values.size() - 1);
  }

  private static boolean json(ParseResult parsed) throws UsageException {
    String found = last(parsed, TopCommandLine.OUTPUT);
    if (found != null && !found.equals("text") && !found.equals("json")) {
      throw new UsageException(
          TopCommandLine.OUTPUT + ": found \"" + found + "\", expected one of text, json");
    }
    return "json".equals(found);
  }

  private static int seats(ParseResult parsed) throws UsageException {
    String given = last(parsed, SEATS);
    String text = given == null ? DEFAULT_SEATS : given;
    if (!text.matches("[1-9][0-9]{0,8}")) {
      throw new UsageException(SEATS + ": found \"" + text + "\", expected a whole number from 1");
    }
    return Integer.parseInt(text);
  }
}
