package io.apfproxy.upstream.exchange;

/**
 * The seats of one exchange, as those know them who wait for its client or for its upstream. Called
 * on its event loop. Source: specification limits.md L-70, L-71, L-91.
 */
public interface HeldSeats {
  /** Of what needs none. */
  HeldSeats NONE =
      new HeldSeats() {
        @Override
        public String user() {
          return "";
        }

        @Override
        public int held() {
          return 0;
        }

        @Override
        public boolean isAwaited() {
          return false;
        }
      };

  /** Who asked for them, by name. */
  String user();

  /** How many there are now: 0 once they were given back. */
  int held();

  /** Whether requests wait in its level. */
  boolean isAwaited();

  /** Nobody serves it for now: they stay held, and are not charged. */
  default void pause() {}

  /** Somebody serves it again. */
  default void resume() {}
}
