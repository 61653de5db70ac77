package io.apfproxy.time;

/** Runs something later, on any thread. Thread-safe. */
@FunctionalInterface
public interface DelayedActions {
  /** Runs an action once, not before so many nanoseconds have passed. */
  void after(long nanos, Runnable action);

  /** The same, unless it is cancelled before. */
  default Cancellation unlessCancelled(long nanos, Runnable action) {
    PendingAction pending = new PendingAction(action);
    after(nanos, pending);
    return pending;
  }
}
