package io.apfproxy.budget;

import java.util.function.IntConsumer;

/** How many seats all priority levels share now. Thread-safe. */
public interface Budget {
  /** 1 or more. */
  int seats();

  /**
   * Tells of every change from now on, one after the other, on a thread that may take a level's
   * lock.
   */
  void onChange(IntConsumer follow);
}
