package io.apfproxy.classify;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which objects one property of a request may match, as a set of their positions. Immutable. */
final class SchemaIndex {
  /*
   * A value that many schemas name has a word set, 64 schemas a word; one that few name has the
   * sorted positions. So a set costs at most a word for each schema that names the value, also where
   * 10,000 schemas name a user each, and no operation takes more steps than there are words.
   */
  private static final int[] NONE = {};

  private final long[] any;
  private final Map<String, long[]> frequent;
  private final Map<String, int[]> rare;

  private SchemaIndex(long[] any, Map<String, long[]> frequent, Map<String, int[]> rare) {
    this.any = any;
    this.frequent = frequent;
    this.rare = rare;
  }

  /** Adds the schemas that take any value. */
  void addAnyTo(long[] set) {
    addWords(set, any);
  }

  /** Adds the schemas that name this value. */
  void addTo(long[] set, String value) {
    long[] words = frequent.get(value);
    if (words != null) {
      addWords(set, words);
    } else {
      addPositions(set, rare.getOrDefault(value, NONE));
    }
  }

  /** Removes the schemas that take neither any value nor this one. */
  void retain(long[] set, String value) {
    long[] words = frequent.get(value);
    if (words != null) {
      for (int word = 0; word < set.length; word++) {
        set[word] &= any[word] | words[word];
      }
      return;
    }
    int[] positions = rare.getOrDefault(value, NONE);
    int i = 0;
    for (int word = 0; word < set.length; word++) {
      long kept = any[word];
      for (; i < positions.length && positions[i] >> 6 == word; i++) {
        kept |= 1L << positions[i];
      }
      set[word] &= kept;
    }
  }

  private static void addWords(long[] set, long[] words) {
    for (int word = 0; word < set.length; word++) {
      set[word] |= words[word];
    }
  }

  private static void addPositions(long[] set, int[] positions) {
    for (int position : positions) {
      set[position >> 6] |= 1L << position;
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
      Map<String, long[]> frequent = new HashMap<>();
      Map<String, int[]> rare = new HashMap<>();
      byValue.forEach(
          (value, list) -> {
            int[] positions = list.stream().mapToInt(Integer::intValue).toArray();
            if (positions.length > any.length) {
              long[] words = new long[any.length];
              addPositions(words, positions);
              frequent.put(value, words);
            } else {
              rare.put(value, positions);
            }
          });
      return new SchemaIndex(Arrays.copyOf(any, any.length), frequent, rare);
    }
  }
}
