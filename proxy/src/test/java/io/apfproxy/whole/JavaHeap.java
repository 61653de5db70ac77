package io.apfproxy.whole;

import io.apfproxy.fixtures.realcluster.CommandResult;
import io.apfproxy.fixtures.realcluster.RunningCommand;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The heap of another JVM, by the JDK's own {@code jcmd}. */
final class JavaHeap {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** A heap as a whole, or each of its generations. */
  private static final Pattern USED =
      Pattern.compile("(?m)^ *(?:garbage-first heap|.*[gG]en(?:eration)?) .*\\bused (\\d+)K");

  private JavaHeap() {}

  /** Bytes in use after a collection of all of it; empty if the JVM does not say. */
  static OptionalLong collected(long pid) {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    if (!Files.isExecutable(jcmd) || run(jcmd, pid, "GC.run").exitCode() != 0) {
      return OptionalLong.empty();
    }
    return used(run(jcmd, pid, "GC.heap_info").stdout());
  }

  private static CommandResult run(Path jcmd, long pid, String command) {
    return RunningCommand.start(new ProcessBuilder(jcmd.toString(), Long.toString(pid), command))
        .await(LIMIT);
  }

  /** What the text of {@code GC.heap_info} says. */
  static OptionalLong used(String info) {
    Matcher part = USED.matcher(info);
    long kibibytes = 0;
    boolean found = false;
    while (part.find()) {
      kibibytes += Long.parseLong(part.group(1));
      found = true;
    }
    return found ? OptionalLong.of(kibibytes << 10) : OptionalLong.empty();
  }
}
