package io.apfproxy.budget;

/** Told how many seats there are in all, whenever that changes: one call after the other. */
@FunctionalInterface
public interface SeatFollower {
  /**
   * There are so many now.
   *
   * @param seats 1 or more
   */
  void resize(int seats);

  /**
   * There are so many, fewer than before, as soon as is possible without letting everybody wait
   * until enough have ended.
   */
  default void lower(int seats) {
    resize(seats);
  }
}
