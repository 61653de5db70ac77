package io.apfproxy.server;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** Lets the fakes of a {@link TestProxy} throw where a test says so, once each. Thread-safe. */
final class Traps {
  private final Map<String, Supplier<? extends Throwable>> set = new ConcurrentHashMap<>();

  /** The next to come by this place throws. */
  void set(String place, Supplier<? extends Throwable> thrown) {
    set.put(place, thrown);
  }

  /** Whether a trap was set and nobody came by yet. */
  boolean isSet(String place) {
    return set.containsKey(place);
  }

  void at(String place) {
    Supplier<? extends Throwable> thrown = set.remove(place);
    if (thrown != null) {
      throwAny(thrown.get());
    }
  }

  @SuppressWarnings("unchecked") // the fakes stand for code that declares nothing
  private static <T extends Throwable> void throwAny(Throwable thrown) throws T {
    throw (T) thrown;
  }
}
