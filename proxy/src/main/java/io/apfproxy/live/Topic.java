package io.apfproxy.live;

import io.apfproxy.report.talkers.TopQuestion;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Something a stream can be told of. Source: specification seeing.md V-68.
 *
 * @param kind first word
 * @param text as it was asked for, which is its name in what is told
 * @param argument what stands behind the first colon; may be empty
 */
public record Topic(Kind kind, String text, String argument) {
  /** How many a stream may have. */
  public static final int MOST = 8;

  private static final int LONGEST = 300;

  /** The kinds there are. */
  public enum Kind {
    LEVELS("levels"),
    REFUSALS("refusals"),
    SOURCES("sources"),
    UPSTREAM("upstream"),
    TOP("top"),
    QUEUES("queues");

    private final String word;

    Kind(String word) {
      this.word = word;
    }
  }

  /** A question to top talkers. */
  public record Top(String by, String window, String sort) {}

  /**
   * Reads a list with commas.
   *
   * @throws IllegalArgumentException if one is unknown or there are too many; its message says what
   *     is known
   */
  public static Set<Topic> list(String text) {
    Set<Topic> topics = new LinkedHashSet<>();
    for (String one : text.split(",", MOST + 2)) {
      topics.add(of(one));
    }
    return topics;
  }

  private static Topic of(String text) {
    int colon = text.indexOf(':');
    String word = colon < 0 ? text : text.substring(0, colon);
    String argument = colon < 0 ? "" : text.substring(colon + 1);
    for (Kind kind : Kind.values()) {
      if (kind.word.equals(word) && text.length() <= LONGEST) {
        Topic topic = new Topic(kind, text, argument);
        topic.check();
        return topic;
      }
    }
    throw unknown();
  }

  private void check() {
    switch (kind) {
      case LEVELS, REFUSALS, SOURCES, UPSTREAM -> {
        if (!argument.isEmpty()) {
          throw unknown();
        }
      }
      case TOP -> {
        Top top = top();
        var unused = TopQuestion.of(top.by(), top.window(), top.sort(), null);
      }
      case QUEUES -> {
        if (argument.isEmpty()) {
          throw unknown();
        }
      }
    }
  }

  /** What is asked; for {@link Kind#TOP} only. */
  public Top top() {
    String[] words = argument.split(":", -1);
    if (words.length != 3) {
      throw unknown();
    }
    return new Top(words[0], words[1], words[2]);
  }

  private static IllegalArgumentException unknown() {
    return new IllegalArgumentException(
        "topics: expected a list of levels, refusals, sources, upstream, top:BY:WINDOW:SORT,"
            + " queues:LEVEL");
  }
}
