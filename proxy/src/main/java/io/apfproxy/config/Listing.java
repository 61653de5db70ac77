package io.apfproxy.config;

import java.util.List;

/** Names in a sentence. */
public final class Listing {
  private Listing() {}

  /**
   * @param word before the last, such as {@code and}
   * @return for example {@code a, b and c}
   */
  public static String of(List<String> names, String word) {
    int last = names.size() - 1;
    return last < 1
        ? String.join("", names)
        : String.join(", ", names.subList(0, last)) + " " + word + " " + names.get(last);
  }
}
