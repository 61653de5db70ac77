package io.apfproxy.cli;

import io.apfproxy.cli.ProxyOptions.BreakGlass;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the flags of the break-glass listener, and refuses those that open no door or too wide. */
final class BreakGlassReader {
  /** What a listener of its own takes, beside its port. */
  private record Where(Flag address, Flag port) {}

  private static final List<Flag> NEEDED =
      List.of(Flag.BREAK_GLASS_CLIENT_CA_FILE, Flag.BREAK_GLASS_GROUPS);
  private static final List<Flag> DETAILS =
      List.of(Flag.BREAK_GLASS_BIND_ADDRESS, Flag.BREAK_GLASS_SEATS);
  private static final List<Where> OTHERS =
      List.of(
          new Where(Flag.BIND_ADDRESS, Flag.SECURE_PORT),
          new Where(Flag.ADMIN_BIND_ADDRESS, Flag.ADMIN_PORT));
  private static final List<String> EVERY_ADDRESS = List.of("0.0.0.0", "::");

  private final Settings settings;

  BreakGlassReader(Settings settings) {
    this.settings = settings;
  }

  /** Null if none is asked for. */
  @Nullable BreakGlass read() throws UsageException {
    int port = settings.port(Flag.BREAK_GLASS_PORT);
    String address = settings.address(Flag.BREAK_GLASS_BIND_ADDRESS);
    int seats = settings.count(Flag.BREAK_GLASS_SEATS);
    Path authority = settings.path(Flag.BREAK_GLASS_CLIENT_CA_FILE);
    List<String> groups = settings.list(Flag.BREAK_GLASS_GROUPS);
    for (Flag needed : NEEDED) {
      boolean given = settings.textOrNull(needed) != null;
      if (given && port == 0) {
        throw refusal(needed, "found without --break-glass-port, expected both");
      }
      if (!given && port != 0) {
        throw refusal(Flag.BREAK_GLASS_PORT, "found without " + needed.flag() + ", expected both");
      }
    }
    for (Flag detail : DETAILS) {
      if (port == 0 && settings.isGiven(detail)) {
        throw refusal(detail, "found without --break-glass-port, expected both");
      }
    }
    if (port == 0 || authority == null) {
      return null;
    }
    if (groups.isEmpty()) {
      throw settings.unexpected(Flag.BREAK_GLASS_GROUPS);
    }
    if (seats == 0) {
      throw refusal(Flag.BREAK_GLASS_SEATS, "found \"0\", expected 1 or more");
    }
    for (Where other : OTHERS) {
      if (port == settings.port(other.port())
          && overlap(address, settings.address(other.address()))) {
        throw refusal(
            Flag.BREAK_GLASS_PORT,
            "found \"" + port + "\", expected another port than that of " + other.port().flag());
      }
    }
    return new BreakGlass(address, port, authority, groups, seats);
  }

  private static boolean overlap(String one, String other) {
    return one.equals(other) || EVERY_ADDRESS.contains(one) || EVERY_ADDRESS.contains(other);
  }

  private UsageException refusal(Flag flag, String what) {
    return new UsageException(settings.origin(flag) + ": " + what);
  }
}
