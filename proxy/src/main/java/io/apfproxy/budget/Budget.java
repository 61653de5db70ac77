package io.apfproxy.budget;

import java.util.function.IntConsumer;

/** How many seats all priority levels share now. Thread-safe. */
public interface Budget {
  /** 1 or more. */
  int seats();

  /** The fewest there ever are, but for a moment now and then where they follow the upstream. */
  int least();

  /** How many there are at most. */
  int most();

  /**
   * Tells of every change from now on, one after the other, on a thread that may take a level's
   * lock.
   */
  void onChange(IntConsumer follow);

  /** The server has come back. Never blocks; the followers are told soon. */
  void begin();

  /** The fewest of so many, where nobody says otherwise: a twentieth, but at least 3. */
  static int leastOf(int most) {
    return Math.min(most, Math.max(3, most / 20));
  }
}
