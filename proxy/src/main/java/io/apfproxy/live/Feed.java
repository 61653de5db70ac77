package io.apfproxy.live;

import java.util.Optional;
import java.util.Set;

/** What a browser is told of the proxy. Thread-safe. */
public interface Feed {
  /** The last sample as JSON. Never blocks. */
  String state();

  /**
   * One level with its queues and five minutes behind it, as JSON. Blocks for a moment.
   *
   * @return empty if there is no such level
   */
  Optional<String> queues(String level);

  /**
   * Tells of topics each second from now on, the first time at once and of all there is. Never
   * blocks.
   *
   * @param listener called on another thread
   * @return to be closed; harmless when repeated
   * @throws IllegalStateException if too many different topics are being told already
   */
  Subscription subscribe(Set<Topic> topics, Listener listener);

  /** Who is told; must not block. */
  @FunctionalInterface
  interface Listener {
    void told(Tick tick);

    /** Whether a tick got lost on the way, so that the next one is to have everything. */
    default boolean behind() {
      return false;
    }
  }

  /** Ends a subscription. */
  interface Subscription extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * What is told in one second.
   *
   * @param first whether this is the first for its listener
   * @param full whether this is all there is; else it is what has changed since the tick before
   * @param members of a JSON object, without its braces
   */
  record Tick(boolean first, boolean full, String members) {}
}
