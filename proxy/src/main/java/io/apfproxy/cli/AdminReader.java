package io.apfproxy.cli;

import io.apfproxy.cli.ProxyOptions.AccessLogging;
import io.apfproxy.cli.ProxyOptions.Admin;
import io.apfproxy.cli.ProxyOptions.RecordedNames;
import io.apfproxy.cli.ProxyOptions.Recording;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Reads what operators see, and where it is written; refuses folders that do not take it. */
final class AdminReader {
  private static final int MOST_COUNTERS = 1000;
  private static final int MOST_NAMED = 20;
  private static final int LEAST_RECORD = 1 << 20;
  private static final int MOST_RECORDS = 1000;

  private final Settings settings;

  AdminReader(Settings settings) {
    this.settings = settings;
  }

  Admin read() throws UsageException {
    int counters = settings.count(Flag.TOP_COUNTERS);
    if (counters > MOST_COUNTERS) {
      throw settings.unexpected(Flag.TOP_COUNTERS);
    }
    int metrics = settings.count(Flag.TOP_METRICS);
    if (metrics > MOST_NAMED) {
      throw settings.unexpected(Flag.TOP_METRICS);
    }
    if (metrics > 0 && counters == 0) {
      throw new UsageException(
          Flag.TOP_METRICS.flag()
              + ": found with "
              + Flag.TOP_COUNTERS.flag()
              + "=0, which lets nobody be counted; expected one of the two");
    }
    return new Admin(
        settings.address(Flag.ADMIN_BIND_ADDRESS),
        settings.port(Flag.ADMIN_PORT),
        settings.bool(Flag.ADMIN_TLS),
        counters,
        metrics,
        accessLog(),
        recording(),
        settings.path(Flag.TRACING_CONFIG_FILE));
  }

  private @Nullable Recording recording() throws UsageException {
    int size = settings.size(Flag.RECORD_MAX_SIZE);
    if (size < LEAST_RECORD) {
      throw settings.unexpected(Flag.RECORD_MAX_SIZE);
    }
    int files = settings.count(Flag.RECORD_MAX_FILES);
    if (files < 1 || files > MOST_RECORDS) {
      throw settings.unexpected(Flag.RECORD_MAX_FILES);
    }
    boolean hashed =
        settings.constant(Flag.RECORD_NAMES, RecordedNames.class) == RecordedNames.HASHED;
    Path key = settings.path(Flag.RECORD_NAMES_KEY_FILE);
    if (hashed != (key != null)) {
      throw new UsageException(
          settings.origin(hashed ? Flag.RECORD_NAMES : Flag.RECORD_NAMES_KEY_FILE)
              + ": found "
              + (hashed ? "hashed without " : "a key without ")
              + (hashed ? Flag.RECORD_NAMES_KEY_FILE.flag() : Flag.RECORD_NAMES.flag() + "=hashed")
              + ", expected both");
    }
    Path folder = settings.path(Flag.RECORD);
    if (folder == null) {
      return null;
    }
    if (!Files.isDirectory(folder) || !Files.isWritable(folder)) {
      throw settings.unexpected(Flag.RECORD);
    }
    return new Recording(folder, size, files, key);
  }

  private @Nullable AccessLogging accessLog() throws UsageException {
    double sample = settings.part(Flag.ACCESS_LOG_SAMPLE);
    Duration slow = settings.duration(Flag.ACCESS_LOG_SLOW);
    Path file = settings.path(Flag.ACCESS_LOG);
    if (file == null) {
      return null;
    }
    Path folder = file.toAbsolutePath().getParent();
    if (Files.isDirectory(file) || folder == null || !Files.isDirectory(folder)) {
      throw settings.unexpected(Flag.ACCESS_LOG);
    }
    return new AccessLogging(file, sample, slow);
  }
}
