package io.apfproxy.live;

import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

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
   * @param listener called on another thread; must not block
   * @return to be closed; harmless when repeated
   * @throws IllegalStateException if too many different topics are being told already
   */
  Subscription subscribe(Set<Topic> topics, Consumer<Tick> listener);

  /** Ends a subscription. */
  interface Subscription extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * What is told in one second.
   *
   * @param full all there is, as members of a JSON object without its braces
   * @param changes what has changed since the tick before, likewise; equal where that is no less
   * @param first whether this is the first for its listener: {@code full} counts
   */
  record Tick(boolean first, String full, String changes) {}
}
