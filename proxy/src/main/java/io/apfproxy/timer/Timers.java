package io.apfproxy.timer;

import io.apfproxy.process.OutOfMemory;
import io.apfproxy.time.Cancellation;
import io.apfproxy.time.DelayedActions;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One daemon thread for what happens later or again and again, one action at a time. An action that
 * fails is logged, the others happen all the same. Thread-safe.
 */
public final class Timers implements DelayedActions, AutoCloseable {
  /*
   * The library's heap, no wheel: what waits here are some repetitions, the final seats of requests
   * that have ended, and the ends and deadlines of those that would wait in shadow. What is cancelled
   * leaves the heap at once, which knows where each stands. What is set and cancelled for every
   * request are timers of its event loop. Whoever asks the upstream or reads files has Timers of his own: then nobody waits for him.
   */
  private static final Logger LOG = LoggerFactory.getLogger(Timers.class);

  private final ScheduledThreadPoolExecutor thread;

  public Timers(String name) {
    thread =
        new ScheduledThreadPoolExecutor(
            1,
            work -> {
              Thread created = new Thread(work, name);
              created.setDaemon(true);
              return created;
            });
    thread.setRemoveOnCancelPolicy(true);
  }

  @Override
  public void after(long nanos, Runnable action) {
    try {
      var unused = thread.schedule(() -> guarded(action), nanos, TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      LOG.trace("closed: nobody needs this any more");
    }
  }

  @Override
  public Cancellation unlessCancelled(long nanos, Runnable action) {
    try {
      Future<?> pending = thread.schedule(() -> guarded(action), nanos, TimeUnit.NANOSECONDS);
      return () -> pending.cancel(false);
    } catch (RejectedExecutionException e) {
      LOG.trace("closed: nobody needs this any more");
      return Cancellation.NONE;
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
