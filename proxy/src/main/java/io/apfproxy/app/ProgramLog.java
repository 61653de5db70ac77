package io.apfproxy.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import ch.qos.logback.core.status.NopStatusListener;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * How the program logs: to standard error, one line an event, and nobody waits. The library finds
 * it as a service. A file named by {@code -Dlogback.configurationFile} wins over it.
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_NORMAL_PRIORITY)
public final class ProgramLog extends ContextAwareBase implements Configurator {
  /*
   * In code, not in the library's XML: what reads that is 600 classes, a tenth of what the program
   * took to listen.
   */
  private static final String FILE = "logback.configurationFile";
  private static final String FILE_OF_TESTS = "logback-test.xml";
  private static final int WAITING = 10_000;
  private static final int FLUSH_MILLIS = 2_000;

  /** Control characters that came from clients are replaced: one event, one line. */
  private static final String LINE =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX, UTC} %-5level %logger{0}: "
          + "%replace(%msg){'[\\x00-\\x1f\\x7f\\u0085\\u2028\\u2029]', '?'}%n%.-8192ex{40}";

  private static final Map<String, Level> LEVELS =
      Map.of(
          // tells at INFO of every late frame of a cancelled stream: hundreds under load
          "io.netty.handler.codec.http2", Level.WARN,
          "io.fabric8", Level.WARN,
          // what these tell with a stack trace at every attempt, ClusterSource tells once
          "io.fabric8.kubernetes.client.informers", Level.OFF,
          "io.fabric8.kubernetes.client.dsl.internal.AbstractWatchManager", Level.OFF);

  @Override
  public ExecutionStatus configure(LoggerContext log) {
    if (System.getProperty(FILE) != null || isThere(FILE_OF_TESTS)) {
      return ExecutionStatus.INVOKE_NEXT_IF_ANY;
    }
    install(log);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  private static boolean isThere(String resource) {
    return ProgramLog.class.getClassLoader().getResource(resource) != null;
  }

  /** Lets a log that has nothing yet be the program's. */
  static void install(LoggerContext log) {
    // only problems of the logging itself are told, on standard error
    log.getStatusManager().add(new NopStatusListener());
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(log);
    encoder.setCharset(StandardCharsets.UTF_8);
    encoder.setPattern(LINE);
    encoder.start();
    ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
    console.setContext(log);
    console.setName("stderr");
    console.setTarget("System.err");
    console.setEncoder(encoder);
    console.start();
    // requests never wait for the log: what does not fit is dropped, and counted in
    // apf_proxy_log_dropped_total
    BoundedLog bounded = new BoundedLog();
    bounded.setContext(log);
    bounded.setName("async");
    bounded.setQueueSize(WAITING);
    bounded.setDiscardingThreshold(0);
    bounded.setNeverBlock(true);
    bounded.setMaxFlushTime(FLUSH_MILLIS);
    bounded.addAppender(console);
    bounded.start();
    LEVELS.forEach((name, level) -> log.getLogger(name).setLevel(level));
    ch.qos.logback.classic.Logger root = log.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.INFO);
    root.addAppender(bounded);
  }
}
