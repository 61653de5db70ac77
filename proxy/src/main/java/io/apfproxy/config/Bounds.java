package io.apfproxy.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** Counts objects against the {@linkplain Kind#bounds() bounds} of their kinds. */
final class Bounds {
  private final Map<Bound<?>, Long> used = new HashMap<>();

  private Bounds() {}

  /**
   * What is over a bound, and over which: newcomers, and of what is in force a version that takes
   * more than the one before it, which then stays. Nothing is over because another one has grown.
   *
   * @param before what was in force until now, by key; what of it is not among the objects is gone
   */
  static Map<ObjectKey, FieldError> over(
      SortedMap<ObjectKey, SourceObject> objects, Map<ObjectKey, SourceObject> before) {
    Bounds bounds = new Bounds();
    List<SourceObject> newcomers = new ArrayList<>();
    List<SourceObject> successors = new ArrayList<>();
    for (SourceObject object : objects.values()) {
      SourceObject predecessor = before.get(object.key());
      if (predecessor == null) {
        newcomers.add(object);
      } else {
        successors.add(object);
        bounds.count(predecessor, 1);
      }
    }
    Map<ObjectKey, FieldError> over = new HashMap<>();
    for (SourceObject object : successors) {
      SourceObject predecessor = Objects.requireNonNull(before.get(object.key()));
      bounds.count(predecessor, -1);
      if (!bounds.take(object, over)) {
        bounds.count(predecessor, 1);
      }
    }
    for (SourceObject object : newcomers) {
      var unused = bounds.take(object, over);
    }
    return over;
  }

  /** Counts an object if it fits, else says why it does not. */
  private boolean take(SourceObject object, Map<ObjectKey, FieldError> over) {
    Bound<?> passed = passedBy(object.key().kind(), object.content());
    if (passed == null) {
      count(object, 1);
      return true;
    }
    over.put(
        object.key(),
        new FieldError(
            FieldError.Type.FORBIDDEN,
            "metadata.name",
            "at most " + passed.most() + " " + passed.what() + " are kept"));
    return false;
  }

  private void count(SourceObject object, int sign) {
    count(object.key().kind(), object.content(), sign);
  }

  private <T extends ConfigObject> void count(Kind<T> kind, ConfigObject object, int sign) {
    T typed = kind.cast(object);
    for (Bound<T> bound : kind.bounds()) {
      used.merge(bound, sign * bound.size().applyAsLong(typed), Long::sum);
    }
  }

  /** The first bound that one more object would pass; null if it fits. */
  private <T extends ConfigObject> @Nullable Bound<?> passedBy(Kind<T> kind, ConfigObject object) {
    T typed = kind.cast(object);
    for (Bound<T> bound : kind.bounds()) {
      if (used.getOrDefault(bound, 0L) + bound.size().applyAsLong(typed) > bound.most()) {
        return bound;
      }
    }
    return null;
  }
}
