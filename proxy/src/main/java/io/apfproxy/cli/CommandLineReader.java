package io.apfproxy.cli;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** Reads command lines by picocli; the values stay text, their meaning is found later. */
final class CommandLineReader {
  private static final String SERVE = "serve";
  private static final String KUBECONFIG = "kubeconfig";
  private static final String VERSION = "version";
  private static final String CHECK = "check";
  private static final String DIFF = "diff";
  private static final String EXPLAIN = "explain";
  private static final String TOP = "top";
  private static final String ADOPT = "adopt";
  private static final String WHY = "why";
  private static final String SIMULATE = "simulate";
  private static final String REPLAY = "replay";
  private static final String SUGGEST = "suggest";
  private static final List<String> COMMANDS =
      List.of(
          SERVE,
          KUBECONFIG,
          CHECK,
          DIFF,
          EXPLAIN,
          TOP,
          WHY,
          ADOPT,
          SIMULATE,
          REPLAY,
          SUGGEST,
          VERSION);

  private static final String SERVER = "--server";
  private static final String CERTIFICATE_AUTHORITY = "--certificate-authority";
  private static final String BREAK_GLASS = "--break-glass";
  private static final String CLIENT_CERTIFICATE = "--client-certificate";
  private static final String CLIENT_KEY = "--client-key";

  private final Map<String, String> environment;

  CommandLineReader(Map<String, String> environment) {
    this.environment = environment;
  }

  Command read(List<String> arguments) throws UsageException {
    String first = arguments.isEmpty() ? SERVE : arguments.get(0);
    if (first.startsWith("-")) {
      return serve(arguments);
    }
    List<String> rest = arguments.subList(Math.min(1, arguments.size()), arguments.size());
    return switch (first) {
      case SERVE -> serve(rest);
      case KUBECONFIG -> kubeconfig(rest);
      case CHECK -> ConfigurationCommands.check(rest);
      case DIFF -> ConfigurationCommands.diff(rest);
      case EXPLAIN -> ConfigurationCommands.explain(rest);
      case TOP -> TopCommandLine.read(rest);
      case WHY -> WhyCommandLine.read(rest);
      case ADOPT -> AdoptCommandLine.read(rest);
      case SIMULATE -> RunCommandLine.simulate(rest);
      case REPLAY -> RunCommandLine.replay(rest);
      case SUGGEST -> RunCommandLine.suggest(rest);
      case VERSION -> version(rest);
      default ->
          throw new UsageException(
              "unknown command \"" + first + "\", expected one of " + String.join(", ", COMMANDS));
    };
  }

  private Command serve(List<String> arguments) throws UsageException {
    CommandLine line = commandLine(serveSpec());
    ParseResult parsed = parse(line, arguments);
    if (parsed.isUsageHelpRequested()) {
      return new Command.Help(HelpText.serve());
    }
    Map<Flag, String> given = new EnumMap<>(Flag.class);
    for (Flag flag : Flag.values()) {
      String value = value(parsed, flag.flag());
      if (value != null) {
        given.put(flag, value);
      }
    }
    Settings withoutFile = new Settings(given, environment, SettingsFile.read(null, ""));
    SettingsFile file =
        SettingsFile.read(withoutFile.textOrNull(Flag.CONFIG), withoutFile.origin(Flag.CONFIG));
    return new Command.Serve(new OptionsReader(new Settings(given, environment, file)).read());
  }

  private Command kubeconfig(List<String> arguments) throws UsageException {
    CommandLine line = commandLine(kubeconfigSpec());
    ParseResult parsed = parse(line, arguments);
    if (parsed.isUsageHelpRequested()) {
      return new Command.Help(HelpText.kubeconfig());
    }
    // The flag that serve has too may come from the same variable.
    String kubeconfig = required(parsed, Flag.KUBECONFIG.flag(), "the kubeconfig to start from");
    String server = required(parsed, SERVER, "the proxy's URL, such as https://localhost:6443");
    String authority = value(parsed, CERTIFICATE_AUTHORITY);
    return new Command.Kubeconfig(
        new KubeconfigOptions(
            Path.of(kubeconfig),
            url(server),
            authority == null ? null : Path.of(authority),
            holder(parsed)));
  }

  private KubeconfigOptions.@Nullable Holder holder(ParseResult parsed) throws UsageException {
    if (!parsed.hasMatchedOption(BREAK_GLASS)) {
      for (String detail : List.of(CLIENT_CERTIFICATE, CLIENT_KEY)) {
        if (parsed.hasMatchedOption(detail)) {
          throw new UsageException(detail + ": found without " + BREAK_GLASS + ", expected both");
        }
      }
      return null;
    }
    return new KubeconfigOptions.Holder(
        Path.of(required(parsed, CLIENT_CERTIFICATE, "the PEM certificate of an administrator")),
        Path.of(required(parsed, CLIENT_KEY, "the PEM key of that certificate")));
  }

  private static Command version(List<String> arguments) throws UsageException {
    if (!arguments.isEmpty()) {
      throw new UsageException("version: found \"" + arguments.get(0) + "\", expected nothing");
    }
    return new Command.Version();
  }

  private static URI url(String text) throws UsageException {
    try {
      URI uri = new URI(text);
      if ("https".equals(uri.getScheme()) && uri.getHost() != null) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // told below like any other value that is no such URL
    }
    throw new UsageException(
        SERVER + ": found \"" + text + "\", expected a URL such as https://localhost:6443");
  }

  private String required(ParseResult parsed, String name, String expected) throws UsageException {
    String value = value(parsed, name);
    if (value == null) {
      value = Flag.byKey(name.substring(2)).map(Flag::variable).map(environment::get).orElse(null);
    }
    if (value == null || value.isEmpty()) {
      throw new UsageException(name + ": not given, expected " + expected);
    }
    return value;
  }

  /** The last value given, of lists all of them; null if none was. */
  private static @Nullable String value(ParseResult parsed, String name) {
    OptionSpec option = parsed.matchedOption(name);
    if (option == null) {
      return null;
    }
    List<String> values = option.stringValues();
    boolean list = Flag.byKey(name.substring(2)).filter(flag -> flag.kind().isList()).isPresent();
    return list ? String.join(",", values) : values.get(values.size() - 1);
  }

  private static CommandLine commandLine(CommandSpec spec) {
    return new CommandLine(spec).setExpandAtFiles(false).setOverwrittenOptionsAllowed(true);
  }

  static ParseResult parse(CommandSpec spec, List<String> arguments) throws UsageException {
    return parse(commandLine(spec), arguments);
  }

  private static ParseResult parse(CommandLine line, List<String> arguments) throws UsageException {
    try {
      return line.parseArgs(arguments.toArray(String[]::new));
    } catch (CommandLine.UnmatchedArgumentException e) {
      throw unknown(line, e.getUnmatched().get(0));
    } catch (CommandLine.MissingParameterException e) {
      String name = e.getMissing().get(0) instanceof OptionSpec o ? o.longestName() : "argument";
      String expected =
          Flag.byKey(name.substring(2)).map(flag -> flag.kind().expected()).orElse("a value");
      throw new UsageException(name + ": found no value, expected " + expected);
    } catch (CommandLine.ParameterException e) {
      throw new UsageException(String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
    }
  }

  private static UsageException unknown(CommandLine line, String argument) {
    String name = argument.contains("=") ? argument.substring(0, argument.indexOf('=')) : argument;
    if (!name.startsWith("-")) {
      return new UsageException(
          "unknown argument \""
              + name
              + "\", expected flags, or a command before them: "
              + String.join(", ", COMMANDS));
    }
    List<String> known =
        line.getCommandSpec().options().stream().flatMap(o -> Arrays.stream(o.names())).toList();
    return new UsageException(
        "unknown flag " + name + ", the nearest known is " + NearestName.of(name, known));
  }

  private static CommandSpec serveSpec() {
    CommandSpec spec = CommandSpec.create().addOption(help());
    for (Flag flag : Flag.values()) {
      spec.addOption(option(flag));
    }
    return spec;
  }

  private static OptionSpec option(Flag flag) {
    OptionSpec.Builder option =
        flag == Flag.V ? OptionSpec.builder(flag.flag(), "-v") : OptionSpec.builder(flag.flag());
    if (flag.kind().isList()) {
      return option.arity("1").type(List.class).auxiliaryTypes(String.class).build();
    }
    option.type(String.class);
    return flag.kind() == ValueKind.BOOLEAN
        ? option.arity("0..1").fallbackValue("true").build()
        : option.arity("1").build();
  }

  private static CommandSpec kubeconfigSpec() {
    CommandSpec spec =
        CommandSpec.create()
            .addOption(help())
            .addOption(OptionSpec.builder(BREAK_GLASS).type(boolean.class).build());
    for (String name :
        List.of(
            Flag.KUBECONFIG.flag(),
            SERVER,
            CERTIFICATE_AUTHORITY,
            CLIENT_CERTIFICATE,
            CLIENT_KEY)) {
      spec.addOption(OptionSpec.builder(name).arity("1").type(String.class).build());
    }
    return spec;
  }

  static OptionSpec help() {
    return OptionSpec.builder("-h", "--help").usageHelp(true).type(boolean.class).build();
  }
}
