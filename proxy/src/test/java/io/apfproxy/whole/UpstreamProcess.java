package io.apfproxy.whole;

import io.apfproxy.child.ChildProxy;
import io.apfproxy.fixtures.realcluster.RunningCommand;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@link FastUpstream} in a JVM of its own. Closing it ends it. */
final class UpstreamProcess implements Upstream {
  private static final Duration START_LIMIT = Duration.ofMinutes(1);
  private static final Pattern LISTENS = Pattern.compile(FastUpstream.LISTENS + "(\\d+) (\\S+)\n");

  private final RunningCommand process;
  private final int port;
  private final String token;

  private UpstreamProcess(RunningCommand process, int port, String token) {
    this.process = process;
    this.port = port;
    this.token = token;
  }

  /** Returns once it listens. */
  static UpstreamProcess start(Site site) {
    List<String> command =
        ChildProxy.java(
            "-Xmx512m",
            "-XX:+UseParallelGC",
            "-cp",
            System.getProperty("java.class.path"),
            FastUpstream.class.getName(),
            site.folder().toString());
    RunningCommand process = RunningCommand.start(new ProcessBuilder(command));
    try {
      Matcher line =
          LISTENS.matcher(process.awaitStdout(text -> LISTENS.matcher(text).find(), START_LIMIT));
      if (!line.find()) {
        throw new IllegalStateException("it was there a moment ago");
      }
      return new UpstreamProcess(process, Integer.parseInt(line.group(1)), line.group(2));
    } catch (RuntimeException | Error e) {
      process.close();
      throw e;
    }
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public String token() {
    return token;
  }

  @Override
  public void close() {
    process.close();
  }
}
