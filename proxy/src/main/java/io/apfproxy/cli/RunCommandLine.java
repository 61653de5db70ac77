package io.apfproxy.cli;

import io.apfproxy.request.GoDuration;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ParseResult;

/** Reads the command lines of {@code simulate}, {@code replay} and {@code suggest}. */
final class RunCommandLine {
  private static final String CONFIG = "--config";
  private static final String AGAINST = "--against";
  private static final String SEATS = "--seats";
  private static final String AGAINST_SEATS = "--against-seats";
  private static final String REQUEST_TIMEOUT = "--request-timeout";
  private static final String RETRIES = "--retries";
  private static final String WARM_UP = "--warm-up";
  private static final String OUTPUT = "--output";
  private static final String HTML = "--html";
  private static final String LIMIT = "--limit";
  private static final String MAX_REFUSED = "--max-refused";
  private static final String MAX_WAIT_P99 = "--max-wait-p99";

  private static final String OBJECTS = "--objects";
  private static final String LIST_COST = "--list-cost";
  private static final String FROM = "--from";
  private static final String UNTIL = "--until";
  private static final String MEMORY = "--memory";
  private static final String TEMP = "--temp";
  private static final String VIEW = "--view";
  private static final String NAMES_KEY = "--names-key";

  /** In the place of manifests: none. */
  private static final String BUILT_IN = "builtin";

  private static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(1);
  private static final int DEFAULT_LIMIT = 20;
  private static final int MOST_SEATS = 999_999_999;
  private static final int MOST_RETRIES = 1_000;
  private static final int MOST_ROWS = 1_000;
  private static final double ALL = 100;
  private static final long DEFAULT_MEMORY = 512L << 20;

  private final ParseResult parsed;

  private RunCommandLine(ParseResult parsed) {
    this.parsed = parsed;
  }

  static Command simulate(List<String> arguments) throws UsageException {
    ParseResult parsed = parse(arguments);
    if (parsed.isUsageHelpRequested()) {
      return new Command.Help(RunHelp.simulate());
    }
    List<String> inputs = ConfigurationCommands.positional(parsed);
    if (inputs.isEmpty()) {
      throw new UsageException("simulate: found no file, expected SCENARIO...");
    }
    return new Command.Simulate(new RunCommandLine(parsed).options(inputs));
  }

  static Command replay(List<String> arguments) throws UsageException {
    ParseResult parsed =
        parse(arguments, OBJECTS, LIST_COST, FROM, UNTIL, MEMORY, TEMP, VIEW, NAMES_KEY);
    return parsed.isUsageHelpRequested()
        ? new Command.Help(RunHelp.replay())
        : new Command.Replay(ofLogs("replay", parsed));
  }

  /** Compares with nothing but what it finds. */
  static Command suggest(List<String> arguments) throws UsageException {
    ParseResult parsed =
        CommandLineReader.parse(
            ConfigurationCommands.spec(
                CONFIG,
                SEATS,
                REQUEST_TIMEOUT,
                RETRIES,
                WARM_UP,
                OUTPUT,
                OBJECTS,
                LIST_COST,
                FROM,
                UNTIL,
                MEMORY,
                TEMP,
                VIEW,
                NAMES_KEY),
            arguments);
    return parsed.isUsageHelpRequested()
        ? new Command.Help(RunHelp.suggest())
        : new Command.Suggest(ofLogs("suggest", parsed));
  }

  private static ReplayOptions ofLogs(String command, ParseResult parsed) throws UsageException {
    List<String> inputs = ConfigurationCommands.positional(parsed);
    if (inputs.isEmpty()) {
      throw new UsageException(command + ": found no log, expected LOG...");
    }
    RunCommandLine line = new RunCommandLine(parsed);
    String objects = line.text(OBJECTS);
    String temp = line.text(TEMP);
    String namesKey = line.text(NAMES_KEY);
    return new ReplayOptions(
        line.options(inputs),
        objects == null ? null : Path.of(objects),
        line.listCost(),
        line.instant(FROM),
        line.instant(UNTIL),
        line.memory(),
        temp == null ? null : Path.of(temp),
        line.loopback(),
        namesKey == null ? null : Path.of(namesKey));
  }

  private static ParseResult parse(List<String> arguments, String... more) throws UsageException {
    List<String> flags =
        new ArrayList<>(
            List.of(
                CONFIG,
                AGAINST,
                SEATS,
                AGAINST_SEATS,
                REQUEST_TIMEOUT,
                RETRIES,
                WARM_UP,
                OUTPUT,
                HTML,
                LIMIT,
                MAX_REFUSED,
                MAX_WAIT_P99));
    flags.addAll(List.of(more));
    return CommandLineReader.parse(
        ConfigurationCommands.spec(flags.toArray(String[]::new)), arguments);
  }

  private RunOptions options(List<String> inputs) throws UsageException {
    RunOptions.Manifests config = manifests(CONFIG);
    RunOptions.Manifests fresh = config == null ? new RunOptions.Manifests(null) : config;
    RunOptions.Manifests against = manifests(AGAINST);
    Integer againstSeats = whole(AGAINST_SEATS, 1, MOST_SEATS);
    if (against == null && againstSeats != null) {
      against = fresh; // the same with other seats
    }
    Duration timeout = duration(REQUEST_TIMEOUT, false);
    Integer limit = whole(LIMIT, 1, MOST_ROWS);
    String html = text(HTML);
    return new RunOptions(
        inputs,
        fresh,
        whole(SEATS, 1, MOST_SEATS),
        against,
        againstSeats,
        timeout == null ? DEFAULT_TIMEOUT : timeout,
        whole(RETRIES, 0, MOST_RETRIES),
        duration(WARM_UP, true),
        json(),
        html == null ? null : Path.of(html),
        limit == null ? DEFAULT_LIMIT : limit,
        percent(MAX_REFUSED),
        duration(MAX_WAIT_P99, true));
  }

  private @Nullable String text(String flag) {
    return ConfigurationCommands.last(parsed, flag);
  }

  private RunOptions.@Nullable Manifests manifests(String flag) {
    String found = text(flag);
    return found == null
        ? null
        : new RunOptions.Manifests(found.equals(BUILT_IN) ? null : Path.of(found));
  }

  private @Nullable Integer whole(String flag, int least, int most) throws UsageException {
    String found = text(flag);
    if (found == null) {
      return null;
    }
    if (!found.matches("[0-9]{1,9}")
        || Integer.parseInt(found) < least
        || Integer.parseInt(found) > most) {
      throw wrong(flag, found, "a whole number from " + least + " to " + most);
    }
    return Integer.parseInt(found);
  }

  private @Nullable Duration duration(String flag, boolean mayBeZero) throws UsageException {
    String found = text(flag);
    if (found == null) {
      return null;
    }
    OptionalLong nanos = GoDuration.parse(found);
    if (nanos.isEmpty() || nanos.getAsLong() < (mayBeZero ? 0 : 1)) {
      throw wrong(flag, found, "a duration such as 500ms");
    }
    return Duration.ofNanos(nanos.getAsLong());
  }

  private @Nullable Double percent(String flag) throws UsageException {
    String found = text(flag);
    if (found == null) {
      return null;
    }
    if (!found.matches("[0-9]{1,3}(\\.[0-9]{1,9})?%")
        || Double.parseDouble(found.substring(0, found.length() - 1)) > ALL) {
      throw wrong(flag, found, "a part such as 0.5%");
    }
    return Double.parseDouble(found.substring(0, found.length() - 1));
  }

  private boolean json() throws UsageException {
    String found = text(OUTPUT);
    if (found == null || found.equals("text")) {
      return false;
    }
    if (!found.equals("json")) {
      throw wrong(OUTPUT, found, "one of text, json");
    }
    return true;
  }

  private ProxyOptions.@Nullable ListCost listCost() throws UsageException {
    String found = text(LIST_COST);
    if (found == null) {
      return null;
    }
    return switch (found) {
      case "compatible" -> ProxyOptions.ListCost.COMPATIBLE;
      case "learned" -> ProxyOptions.ListCost.LEARNED;
      default -> throw wrong(LIST_COST, found, "one of compatible, learned");
    };
  }

  private @Nullable Instant instant(String flag) throws UsageException {
    String found = text(flag);
    try {
      return found == null ? null : OffsetDateTime.parse(found).toInstant();
    } catch (DateTimeParseException e) {
      throw wrong(flag, found, "an instant such as 2006-01-02T15:04:05Z");
    }
  }

  private long memory() throws UsageException {
    String found = text(MEMORY);
    if (found == null) {
      return DEFAULT_MEMORY;
    }
    if (!found.matches("[1-9][0-9]{0,6}(MiB|GiB)")) {
      throw wrong(MEMORY, found, "a size such as 512MiB");
    }
    long number = Long.parseLong(found.substring(0, found.length() - 3));
    return number << (found.endsWith("GiB") ? 30 : 20);
  }

  private boolean loopback() throws UsageException {
    String found = text(VIEW);
    if (found == null || found.equals("proxy")) {
      return false;
    }
    if (!found.equals("apiserver")) {
      throw wrong(VIEW, found, "one of proxy, apiserver");
    }
    return true;
  }

  private static UsageException wrong(String flag, String found, String expected) {
    return new UsageException(flag + ": found \"" + found + "\", expected " + expected);
  }
}
