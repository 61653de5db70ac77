package io.apfproxy.report;

import java.util.List;
import java.util.Map;

/** What is traced of one request. Belongs to the event loop of its request. */
public interface Trace {
  /** Nothing. */
  Trace NONE = new Trace() {};

  /** Its trace, 32 hexadecimal digits; empty if nothing of it is kept. */
  default String id() {
    return "";
  }

  /**
   * It is sent to the upstream now.
   *
   * @param now an instant of {@link System#nanoTime}
   * @return header lines that take the place of the client's {@code traceparent} and {@code
   *     tracestate}; none if those go on as they came
   */
  default List<Map.Entry<String, String>> sent(long now) {
    return List.of();
  }

  /** It is over. Called once, after {@link Reporter#ended}. */
  default void ended(Account account) {}
}
