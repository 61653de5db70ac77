package io.apfproxy.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import com.sun.management.HotSpotDiagnosticMXBean;
import io.apfproxy.process.OutOfMemory;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

/** Sees to it that the program ends when memory is out, as far as it can be seen from inside. */
public final class MemoryEnd {
  /*
   * A jar cannot set the JVM's flag, and the JVM's interface does not let it be set later. So all
   * places are watched where a failure comes up last: threads, and the log, to which libraries give
   * what they took and could not pass on.
   */
  private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(MemoryEnd.class);
  private static final String FLAG = "ExitOnOutOfMemoryError";

  private MemoryEnd() {}

  /** From now on. For the program only. */
  public static void watch() {
    OutOfMemory.arm();
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, failure) -> {
          OutOfMemory.endIf(failure);
          if (before == null) {
            LOG.error("thread {} ended", thread.getName(), failure);
          } else {
            before.uncaughtException(thread, failure);
          }
        });
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      context.addTurboFilter(new LoggedFailures());
    }
    if (!isFlagSet()) {
      LOG.info("started without -XX:+{}: the heap's end is noticed later, or in part", FLAG);
    }
  }

  private static boolean isFlagSet() {
    try {
      HotSpotDiagnosticMXBean jvm =
          ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
      return jvm != null && Boolean.parseBoolean(jvm.getVMOption(FLAG).getValue());
    } catch (IllegalArgumentException e) {
      return false; // not HotSpot
    }
  }

  private static final class LoggedFailures extends TurboFilter {
    @Override
    public FilterReply decide(
        @Nullable Marker marker,
        Logger logger,
        Level level,
        @Nullable String format,
        Object @Nullable [] arguments,
        @Nullable Throwable failure) {
      if (failure != null) {
        OutOfMemory.endIf(failure);
      } else if (arguments != null
          && arguments.length > 0
          && arguments[arguments.length - 1] instanceof Throwable last) {
        OutOfMemory.endIf(last);
      }
      return FilterReply.NEUTRAL;
    }
  }
}
