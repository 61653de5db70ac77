package io.apfproxy.config;

import java.util.Comparator;

/** What tells one object of flow control from the others. */
public record ObjectKey(Kind<?> kind, String name) implements Comparable<ObjectKey> {
  private static final Comparator<ObjectKey> ORDER =
      Comparator.<ObjectKey, Kind<?>>comparing(ObjectKey::kind).thenComparing(ObjectKey::name);

  @Override
  public int compareTo(ObjectKey other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return kind.apiName() + " " + name;
  }
}
