package io.apfproxy.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An object of flow control, of one of the kinds of {@link Kind}'s table. Immutable; its defaults
 * are filled in where that is not said otherwise.
 */
public sealed interface ConfigObject permits FlowSchema, PriorityLevelConfiguration, RateLimit {
  /** Its row in the table of kinds. */
  Kind<?> kind();

  ObjectMeta metadata();

  /** What it says; equal for two objects that say the same. */
  Record spec();

  /** What it comes to for flow control; equal for two objects that are treated alike. */
  default Object effect() {
    return spec();
  }

  /** Types of the conditions in its status, in order; validated only. */
  List<String> conditionTypes();

  default String name() {
    return metadata().name();
  }

  /** Empty for a built-in object. */
  default String uid() {
    return metadata().uid();
  }

  default ObjectKey key() {
    return new ObjectKey(kind(), name());
  }

  /** Name of the priority level that it leads to; null if it leads to none. */
  default @Nullable String leadsTo() {
    return null;
  }

  /** As flow control takes it, once it is valid. */
  default ConfigObject completed() {
    return this;
  }

  /**
   * Whether it says what the built-in object of its name says, but for what is the operator's to
   * say.
   */
  default boolean follows(ConfigObject builtIn) {
    return spec().equals(builtIn.spec());
  }
}
