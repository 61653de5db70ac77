package io.apfproxy.cli;

import io.apfproxy.cli.ProxyOptions.BreakGlass;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the flags of the break-glass listener. */
final class BreakGlassReader {
  private static final List<Flag> DETAILS =
      List.of(Flag.BREAK_GLASS_CLIENT_CA_FILE, Flag.BREAK_GLASS_GROUPS);

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
    for (Flag detail : DETAILS) {
      boolean given = settings.textOrNull(detail) != null;
      if (given != (port != 0)) {
        throw incomplete(
            given ? detail : Flag.BREAK_GLASS_PORT, given ? Flag.BREAK_GLASS_PORT : detail);
      }
    }
    if (port == 0 || authority == null) {
      return null;
    }
    if (groups.isEmpty()) {
      throw settings.unexpected(Flag.BREAK_GLASS_GROUPS);
    }
    if (seats == 0) {
      throw new UsageException(
          settings.origin(Flag.BREAK_GLASS_SEATS) + ": found \"0\", expected 1 or more");
    }
    return new BreakGlass(address, port, authority, groups, seats);
  }

  private UsageException incomplete(Flag given, Flag missing) {
    return new UsageException(
        settings.origin(given) + ": found without " + missing.flag() + ", expected both");
  }
}
