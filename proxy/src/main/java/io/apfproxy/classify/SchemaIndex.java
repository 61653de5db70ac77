package io.apfproxy.classify;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which schemas one property of a request may match, as a set of their positions. Immutable. */
final class SchemaIndex {
  /*
   * Sets are kept as 64 schemas a word where most members are expected (schemas that take any
   * value), and as sorted positions per value, since a value named by few of 10,000 schemas is the
   * rule and a word set for each would cost megabytes.
   */
  private static final int[] NONE = {};

  private final long[] any;
  private final Map<String, int[]> byValue;

  private SchemaIndex(long[] any, Map<String, int[]> byValue) {
    this.any = any;
    this.byValue = byValue;
  }

  /** Adds the schemas that take any value. */
  void addAnyTo(long[] set) {
    for (int word = 0; word < set.length; word++) {
      set[word] |= any[word];
    }
  }

  /** Adds the schemas that name this value. */
  void addTo(long[] set, String value) {
    for (int position : byValue.getOrDefault(value, NONE)) {
      set[position >> 6] |= 1L << position;
    }
  }

  /** Removes the schemas that take neither any value nor this one. */
  void retain(long[] set, String value) {
    int[] positions = byValue.getOrDefault(value, NONE);
    int i = 0;
    for (int word = 0; word < set.length; word++) {
      long kept = any[word];
      for (; i < positions.length && positions[i] >> 6 == word; i++) {
        kept |= 1L << positions[i];
      }
      set[word] &= kept;
    }
  }

  /** Collects schemas in ascending order of their position. */
  static final class Builder {
    private final long[] any;
    private final Map<String, List<Integer>> byValue = new HashMap<>();

    Builder(int schemas) {
      this.any = new long[(schemas + 63) >> 6];
    }

    void addAny(int schema) {
      any[schema >> 6] |= 1L << schema;
    }

    void add(String value, int schema) {
      List<Integer> positions = byValue.computeIfAbsent(value, unused -> new ArrayList<>(1));
      if (positions.isEmpty() || positions.get(positions.size() - 1) != schema) {
        positions.add(schema);
      }
    }

    /** Adds all values of a list; {@code ["*"]} is any value. */
    void addAll(List<String> values, int schema) {
      if (ExactMatch.isWildcard(values)) {
        addAny(schema);
      } else {
        values.forEach(value -> add(value, schema));
      }
    }

    SchemaIndex build() {
      Map<String, int[]> positions = new HashMap<>(byValue.size() * 2);
      byValue.forEach(
          (value, list) ->
              positions.put(value, list.stream().mapToInt(Integer::intValue).toArray()));
      return new SchemaIndex(Arrays.copyOf(any, any.length), positions);
    }
  }
}
