package io.apfproxy.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** Counts objects against the {@linkplain Kind#bounds() bounds} of their kinds. */
final class Bounds {
  private final Map<Bound<?>, Long> used = new HashMap<>();

  private Bounds() {}

  /**
   * What is over a bound, and over which; newcomers first.
   *
   * @param before keys of the objects in force until now
   */
  static Map<ObjectKey, FieldError> over(
      SortedMap<ObjectKey, SourceObject> objects, Set<ObjectKey> before) {
    List<SourceObject> order = new ArrayList<>(objects.values());
    order.sort(Comparator.comparing(object -> !before.contains(object.key())));
    Bounds bounds = new Bounds();
    Map<ObjectKey, FieldError> over = new HashMap<>();
    for (SourceObject object : order) {
      Bound<?> passed = bounds.take(object.key().kind(), object.content());
      if (passed != null) {
        over.put(
            object.key(),
            new FieldError(
                FieldError.Type.FORBIDDEN,
                "metadata.name",
                "at most " + passed.most() + " " + passed.what() + " are kept"));
      }
    }
    return over;
  }

  /** The bound that one more object would pass; null if it is counted. */
  private <T extends ConfigObject> @Nullable Bound<?> take(Kind<T> kind, ConfigObject object) {
    T typed = kind.cast(object);
    for (Bound<T> bound : kind.bounds()) {
      long next = used.getOrDefault(bound, 0L) + bound.size().applyAsLong(typed);
      if (next > bound.most()) {
        return bound;
      }
      used.put(bound, next);
    }
    return null;
  }
}
