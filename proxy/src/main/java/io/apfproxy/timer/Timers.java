package io.apfproxy.timer;

import io.apfproxy.process.OutOfMemory;
import io.apfproxy.time.DelayedActions;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One daemon thread for what must happen later or again and again. Thread-safe. */
public final class Timers implements DelayedActions, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Timers.class);

  private final ScheduledExecutorService thread;

  public Timers(String name) {
    thread =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread created = new Thread(work, name);
              created.setDaemon(true);
              return created;
            });
  }

  @Override
  public void after(long nanos, Runnable action) {
    try {
      var unused = thread.schedule(() -> guarded(action), nanos, TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      LOG.trace("the proxy ends: nobody needs these seats any more");
    }
  }

  /** Repeats an action; one that fails is logged and repeated all the same. */
  public void every(Duration period, Runnable action) {
    var unused =
        thread.scheduleWithFixedDelay(
            () -> guarded(action), period.toNanos(), period.toNanos(), TimeUnit.NANOSECONDS);
  }

  private static void guarded(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException e) {
      LOG.error("a timed action failed", e);
    } catch (Error e) {
      OutOfMemory.endIf(e);
      LOG.error("a timed action failed", e); // the next ones are due all the same
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
