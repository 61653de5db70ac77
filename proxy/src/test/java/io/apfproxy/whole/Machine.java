package io.apfproxy.whole;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Where a run was made. Linux only. */
public final class Machine {
  private static final String MODEL = "model name";

  private Machine() {}

  /** For people: processors, system, Java. */
  public static String text() {
    return String.format(
        "%d processors (%s), Linux %s, Java %s",
        Runtime.getRuntime().availableProcessors(),
        model(),
        System.getProperty("os.version"),
        System.getProperty("java.vm.version"));
  }

  private static String model() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines
          .filter(line -> line.startsWith(MODEL))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(System.getProperty("os.arch"));
    } catch (IOException e) {
      return System.getProperty("os.arch");
    }
  }
}
