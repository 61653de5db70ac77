package io.apfproxy.timer;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A task repeated on a daemon thread of its own until closed. The task must not throw. Thread-safe.
 */
public final class Periodic implements AutoCloseable {
  private final ScheduledExecutorService thread;
  private final ScheduledFuture<?> repetition;
  private final Runnable task;
  private final AtomicBoolean asked = new AtomicBoolean();

  public Periodic(String name, Duration every, Runnable task) {
    this.task = task;
    thread =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread created = new Thread(work, name);
              created.setDaemon(true);
              return created;
            });
    repetition =
        thread.scheduleWithFixedDelay(task, every.toNanos(), every.toNanos(), TimeUnit.NANOSECONDS);
  }

  /**
   * Runs the task once more, soon: from its beginning, after this call. Never blocks; of many calls
   * while the task is busy one run comes.
   */
  public void now() {
    if (!asked.compareAndSet(false, true)) {
      return;
    }
    try {
      thread.execute(
          () -> {
            asked.set(false);
            task.run();
          });
    } catch (RejectedExecutionException e) {
      // closed meanwhile: nobody needs it any more
    }
  }

  @Override
  public void close() {
    repetition.cancel(true);
    thread.shutdownNow();
  }
}
