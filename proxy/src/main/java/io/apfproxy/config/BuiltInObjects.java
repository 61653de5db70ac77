package io.apfproxy.config;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The built-in objects in the form in which sources hold theirs. */
public final class BuiltInObjects {
  private static final List<SourceObject> ALL =
      Stream.concat(
              Bootstrap.flowSchemas().stream().map(s -> SourceObject.of(s, "built-in")),
              Bootstrap.priorityLevels().stream().map(l -> SourceObject.of(l, "built-in")))
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
