package io.apfproxy.replay;

/** Something that happens at an instant of virtual time. */
@FunctionalInterface
public interface Event {
  /**
   * It is time.
   *
   * @param turn for which it was put down
   */
  void happen(Turn turn);
}
