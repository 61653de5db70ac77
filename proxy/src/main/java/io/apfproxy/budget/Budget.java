package io.apfproxy.budget;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** How many seats all priority levels share now, and who follows that. Thread-safe. */
public abstract sealed class Budget permits AdaptiveBudget, RampedBudget {
  private final int least;
  private final int most;
  private final List<SeatFollower> followers = new CopyOnWriteArrayList<>();
  private volatile int seats;

  /**
   * @param least seats, 1 or more
   * @param most seats
   * @param first how many there are until that changes
   */
  Budget(int least, int most, int first) {
    if (least < 1 || least > most) {
      throw new IllegalArgumentException("least seats are " + least + ", must be in 1.." + most);
    }
    this.least = least;
    this.most = most;
    this.seats = first;
  }

  /** The server has come back. Never blocks; the followers are told soon. */
  public abstract void begin();

  /** 1 or more. */
  public final int seats() {
    return seats;
  }

  /** The fewest there ever are, but for a moment now and then where they follow the upstream. */
  public final int least() {
    return least;
  }

  /** How many there are at most. */
  public final int most() {
    return most;
  }

  /**
   * Tells of every change from now on, one after the other, on a thread that may take a level's
   * lock.
   */
  public final void onChange(SeatFollower follower) {
    followers.add(follower);
  }

  /** There are so many now: tells the followers, on that thread. */
  final void become(int number) {
    seats = number;
    followers.forEach(follower -> follower.resize(number));
  }

  /** The same for fewer than before, which may be reached by and by. */
  final void descend(int number) {
    seats = number;
    followers.forEach(follower -> follower.lower(number));
  }

  /** The fewest of so many, where nobody says otherwise: a twentieth, but at least 3. */
  public static int leastOf(int most) {
    return Math.min(most, Math.max(3, most / 20));
  }
}
