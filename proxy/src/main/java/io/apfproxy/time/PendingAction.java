package io.apfproxy.time;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** An action that is forgotten when it is cancelled, though its time still comes. */
final class PendingAction implements Runnable, Cancellation {
  private final AtomicReference<@Nullable Runnable> action;

  PendingAction(Runnable action) {
    this.action = new AtomicReference<>(action);
  }

  @Override
  public void run() {
    Runnable due = action.getAndSet(null);
    if (due != null) {
      due.run();
    }
  }

  @Override
  public void cancel() {
    action.set(null);
  }
}
