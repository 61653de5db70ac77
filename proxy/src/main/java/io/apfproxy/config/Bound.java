package io.apfproxy.config;

import java.util.function.ToLongFunction;

/**
 * How much of something all objects of a kind may have together. Source: specification security.md,
 * section 12.
 *
 * @param what it is, for people, such as {@code FlowSchemas}
 * @param size how much of it one object has
 */
record Bound<T extends ConfigObject>(long most, String what, ToLongFunction<T> size) {
  /**
   * Of the objects themselves.
   *
   * @param what the kind in the plural
   */
  static <T extends ConfigObject> Bound<T> ofNumber(long most, String what) {
    return new Bound<>(most, what, object -> 1);
  }
}
