package io.apfproxy.request;

import java.util.AbstractMap.SimpleImmutableEntry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * Header lines in their order: name and value as they came, a name as often as it did. Names are
 * equal whatever their case. Not thread-safe.
 */
public final class HeaderLines implements Iterable<Map.Entry<String, String>> {
  /*
   * A table by hash would be made for each request, to be read once, from end to end. The few names
   * that are asked for are looked for.
   */
  private static final int USUAL_LINES = 8;

  private String[] words = new String[2 * USUAL_LINES]; // name, value, name, value
  private int size;

  /** Adds a line at the end. */
  public HeaderLines add(String name, String value) {
    int at = 2 * size;
    if (at == words.length) {
      words = Arrays.copyOf(words, 2 * at);
    }
    words[at] = name;
    words[at + 1] = value;
    size++;
    return this;
  }

  /** Drops all lines of this name. */
  public void remove(String name) {
    int kept = 0;
    for (int i = 0; i < size; i++) {
      if (!name(i).equalsIgnoreCase(name)) {
        words[2 * kept] = words[2 * i];
        words[2 * kept + 1] = words[2 * i + 1];
        kept++;
      }
    }
    Arrays.fill(words, 2 * kept, 2 * size, null);
    size = kept;
  }

  /** How many lines there are. */
  public int size() {
    return size;
  }

  /**
   * @param line 0 to {@link #size} - 1
   */
  public String name(int line) {
    return words[2 * line];
  }

  /**
   * @param line 0 to {@link #size} - 1
   */
  public String value(int line) {
    return words[2 * line + 1];
  }

  /** Value of the first line of this name; null if there is none. */
  public @Nullable String get(String name) {
    for (int i = 0; i < size; i++) {
      if (name(i).equalsIgnoreCase(name)) {
        return value(i);
      }
    }
    return null;
  }

  /** Values of all lines of this name. */
  public List<String> getAll(String name) {
    List<String> values = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      if (name(i).equalsIgnoreCase(name)) {
        values.add(value(i));
      }
    }
    return values;
  }

  @Override
  public Iterator<Map.Entry<String, String>> iterator() {
    return new Iterator<>() {
      private int next;

      @Override
      public boolean hasNext() {
        return next < size;
      }

      @Override
      public Map.Entry<String, String> next() {
        if (next >= size) {
          throw new NoSuchElementException();
        }
        int line = next++;
        return new SimpleImmutableEntry<>(name(line), value(line));
      }
    };
  }
}
