package io.apfproxy.cli;

import io.apfproxy.request.AddressBlock;
import io.apfproxy.request.GoDuration;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The values of all flags as text, each with the place it came from, and the typed readings of
 * them. A value given on the command line wins over the environment, that over the configuration
 * file, that over the default.
 */
final class Settings {
  private static final double MAX_CHANCE = 0.02;
  private static final Pattern SIZE = Pattern.compile("([0-9]{1,10})((?:[KMG]iB)?)");

  private record Setting(String value, String origin, boolean given) {}

  private final Map<Flag, Setting> settings = new EnumMap<>(Flag.class);
  private final String home;

  /**
   * @param given values of the flags on the command line
   * @param environment all variables; of those that name no flag only {@code HOME} is read
   * @param file keys and values of the configuration file
   */
  Settings(Map<Flag, String> given, Map<String, String> environment, SettingsFile file) {
    home =
        environment.getOrDefault("HOME", System.getProperty("user.home", ".")); // as a shell has it
    for (Flag flag : Flag.values()) {
      String variable = environment.get(flag.variable());
      String inFile = file.values().get(flag);
      String onCommandLine = given.get(flag);
      if (onCommandLine != null) {
        settings.put(flag, new Setting(onCommandLine, flag.flag(), true));
      } else if (variable != null) {
        settings.put(flag, new Setting(variable, flag.variable(), true));
      } else if (inFile != null) {
        settings.put(flag, new Setting(inFile, file.name() + ": " + flag.key(), true));
      } else {
        settings.put(flag, new Setting(flag.defaultText(), flag.flag(), false));
      }
    }
  }

  private Setting setting(Flag flag) {
    return Objects.requireNonNull(settings.get(flag));
  }

  String text(Flag flag) {
    return setting(flag).value();
  }

  @Nullable String textOrNull(Flag flag) {
    String value = text(flag);
    return value.isEmpty() ? null : value;
  }

  /** The place that set the flag, as the user knows it. */
  String origin(Flag flag) {
    return setting(flag).origin();
  }

  /** Whether somebody has set it, and be it to its default. */
  boolean isGiven(Flag flag) {
    return setting(flag).given();
  }

  /** Null if not set. A leading {@code ~/} is the home directory. */
  @Nullable Path path(Flag flag) {
    String value = text(flag);
    if (value.isEmpty()) {
      return null;
    }
    return value.startsWith("~/") ? Path.of(home, value.substring(2)) : Path.of(value);
  }

  List<String> list(Flag flag) {
    return Arrays.stream(text(flag).split(",", -1))
        .map(String::strip)
        .filter(Predicate.not(String::isEmpty))
        .toList();
  }

  int port(Flag flag) throws UsageException {
    return (int) number(flag, 65_535);
  }

  int count(Flag flag) throws UsageException {
    return (int) number(flag, Integer.MAX_VALUE);
  }

  private long number(Flag flag, long most) throws UsageException {
    String value = text(flag);
    if (!value.matches("[0-9]{1,10}") || Long.parseLong(value) > most) {
      throw unexpected(flag);
    }
    return Long.parseLong(value);
  }

  /** Bytes. */
  int size(Flag flag) throws UsageException {
    Matcher size = SIZE.matcher(text(flag));
    if (!size.matches()) {
      throw unexpected(flag);
    }
    int shift =
        switch (size.group(2)) {
          case "KiB" -> 10;
          case "MiB" -> 20;
          case "GiB" -> 30;
          default -> 0;
        };
    long bytes = Long.parseLong(size.group(1)) << shift;
    if (bytes > Integer.MAX_VALUE) {
      throw unexpected(flag);
    }
    return (int) bytes;
  }

  /** At most 2 %, as at kube-apiserver. */
  /** From 0 to 0.02. */
  double chance(Flag flag) throws UsageException {
    return part(flag, MAX_CHANCE);
  }

  /** From 0 to 1. */
  double part(Flag flag) throws UsageException {
    return part(flag, 1);
  }

  private double part(Flag flag, double most) throws UsageException {
    String value = text(flag);
    if (!value.matches("[0-9]{0,3}(?:\\.[0-9]{1,20})?") || value.isEmpty()) {
      throw unexpected(flag);
    }
    double part = Double.parseDouble(value);
    if (part > most) {
      throw unexpected(flag);
    }
    return part;
  }

  Duration duration(Flag flag) throws UsageException {
    OptionalLong nanos = GoDuration.parse(text(flag));
    if (nanos.isEmpty() || nanos.getAsLong() < 0) {
      throw unexpected(flag);
    }
    return Duration.ofNanos(nanos.getAsLong());
  }

  boolean bool(Flag flag) throws UsageException {
    return switch (text(flag).toLowerCase(Locale.ROOT)) {
      case "true", "t", "1" -> true;
      case "false", "f", "0" -> false;
      default -> throw unexpected(flag);
    };
  }

  /** An IP address; names are refused, since they would have to be looked up. */
  String address(Flag flag) throws UsageException {
    String value = text(flag);
    if (!AddressBlock.isAddress(value)) {
      throw unexpected(flag);
    }
    return value;
  }

  List<AddressBlock> addressBlocks(Flag flag) throws UsageException {
    List<AddressBlock> blocks = new ArrayList<>();
    for (String text : list(flag)) {
      blocks.add(AddressBlock.parse(text).orElseThrow(() -> unexpected(flag)));
    }
    return blocks;
  }

  /** Empty if not set. */
  OptionalInt countIfSet(Flag flag) throws UsageException {
    return text(flag).isEmpty() ? OptionalInt.empty() : OptionalInt.of(count(flag));
  }

  /** One of the constants, written in lower case, with dashes for underscores or as it is. */
  <E extends Enum<E>> E constant(Flag flag, Class<E> type) throws UsageException {
    String value = text(flag);
    for (E constant : type.getEnumConstants()) {
      String name = constant.name().toLowerCase(Locale.ROOT);
      if (value.equals(name) || value.equals(name.replace('_', '-'))) {
        return constant;
      }
    }
    throw unexpected(flag);
  }

  /** Says that the value does not fit its kind. */
  UsageException unexpected(Flag flag) {
    return new UsageException(
        origin(flag) + ": found \"" + text(flag) + "\", expected " + flag.kind().expected());
  }
}
