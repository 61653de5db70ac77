package io.apfproxy.replay.audit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Texts by number, each once. Not thread-safe while it grows. */
final class Names {
  /** Of the objects around a text. */
  private static final int OVERHEAD = 120;

  private final Map<String, Integer> numbers = new HashMap<>();
  private final List<String> texts = new ArrayList<>();
  private long bytes;

  /**
   * The number of a text.
   *
   * @return {@link Entry#INLINE} if it has none, and must not get one
   */
  int number(String text, boolean mayGrow) {
    Integer known = numbers.get(text);
    if (known != null) {
      return known;
    }
    if (!mayGrow) {
      return Entry.INLINE;
    }
    int number = texts.size();
    numbers.put(text, number);
    texts.add(text);
    bytes += OVERHEAD + 2L * text.length();
    return number;
  }

  String text(int number) {
    return texts.get(number);
  }

  /** About what it takes of the heap. */
  long bytes() {
    return bytes;
  }
}
