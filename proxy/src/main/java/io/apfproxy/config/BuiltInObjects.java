package io.apfproxy.config;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** The built-in objects in the form in which sources hold theirs. */
public final class BuiltInObjects {
  private static final List<SourceObject> ALL =
      Kind.all().stream()
          .flatMap(kind -> kind.builtIn().stream())
          .map(object -> SourceObject.of(object, "built-in"))
          .toList();

  private BuiltInObjects() {}

  /** The mandatory and the suggested ones. */
  public static List<SourceObject> all() {
    return ALL;
  }

  /** What lies under all sources: the mandatory ones alone where these can be relied on. */
  static SortedMap<ObjectKey, SourceObject> under(boolean sourcesAreReliable) {
    SortedMap<ObjectKey, SourceObject> objects = new TreeMap<>();
    for (SourceObject object : ALL) {
      if (!sourcesAreReliable || Bootstrap.isMandatory(object.key().name())) {
        objects.put(object.key(), object);
      }
    }
    return objects;
  }
}
