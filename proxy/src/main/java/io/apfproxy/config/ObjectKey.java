package io.apfproxy.config;

import java.util.Comparator;

/** What tells one object of flow control from the others. */
public record ObjectKey(Kind kind, String name) implements Comparable<ObjectKey> {
  private static final Comparator<ObjectKey> ORDER =
      Comparator.comparing(ObjectKey::kind).thenComparing(ObjectKey::name);

  /** The two kinds of objects. */
  public enum Kind {
    FLOW_SCHEMA("FlowSchema", "flowschemas"),
    PRIORITY_LEVEL("PriorityLevelConfiguration", "prioritylevelconfigurations");

    private final String apiName;
    private final String plural;

    Kind(String apiName, String plural) {
      this.apiName = apiName;
      this.plural = plural;
    }

    /** As in {@code kind} of an object. */
    public String apiName() {
      return apiName;
    }

    /** As in the path of a request. */
    public String plural() {
      return plural;
    }
  }

  @Override
  public int compareTo(ObjectKey other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return kind.apiName() + " " + name;
  }
}
