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

/**
 * One daemon thread for what happens later or again and again, one action at a time. An action that
 * fails is logged, the others happen all the same. Thread-safe.
 */
public final class Timers implements DelayedActions, AutoCloseable {
  /*
   * The library's heap, no wheel: what waits here are some repetitions, and the final seats of
   * requests that have ended. What is set and cancelled for every request are timers of its event
   * loop. Whoever asks the upstream or reads files has Timers of his own: then nobody waits for him.
   */
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
      LOG.trace("closed: nobody needs this any more");
    }
  }

  /** Repeats an action, for the first time after one period. */
  public Repetition every(Duration period, Runnable action) {
    return new Repetition(this, period, action);
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

  /** Interrupts what is at work; nothing happens from then on. */
  @Override
  public void close() {
    thread.shutdownNow();
  }
}
