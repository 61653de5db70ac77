package io.apfproxy.report;

import java.util.Set;

/**
 * A request's target as it may stand in a log: the path, and the values of those parameters that
 * hold no secrets. Source: specification seeing.md V-91.
 */
public final class LoggedTarget {
  private static final String HIDDEN = "…";
  private static final int LONGEST = 1024;

  private static final Set<String> SHOWN =
      Set.of(
          "allowWatchBookmarks",
          "dryRun",
          "fieldManager",
          "fieldSelector",
          "fieldValidation",
          "follow",
          "force",
          "gracePeriodSeconds",
          "labelSelector",
          "limit",
          "orphanDependents",
          "pretty",
          "propagationPolicy",
          "resourceVersion",
          "resourceVersionMatch",
          "sendInitialEvents",
          "timeout",
          "timeoutSeconds",
          "watch");

  private LoggedTarget() {}

  /**
   * Cut at 1024 characters.
   *
   * @param target as the client sent it
   */
  public static String of(String target) {
    int question = target.indexOf('?');
    StringBuilder text = new StringBuilder(question < 0 ? target : target.substring(0, question));
    char separator = '?';
    for (int from = question + 1; from > 0 && text.length() < LONGEST; ) {
      int end = target.indexOf('&', from);
      text.append(separator);
      add(text, target.substring(from, end < 0 ? target.length() : end));
      separator = '&';
      from = end + 1;
    }
    if (text.length() > LONGEST) {
      text.setLength(LONGEST);
      text.append(HIDDEN);
    }
    return text.toString();
  }

  private static void add(StringBuilder text, String parameter) {
    int equals = parameter.indexOf('=');
    if (equals >= 0 && SHOWN.contains(parameter.substring(0, equals))) {
      text.append(parameter);
    } else if (equals >= 0 && parameter.startsWith("continue=")) {
      text.append("continue=").append(HIDDEN);
    } else {
      text.append(HIDDEN).append('=').append(HIDDEN);
    }
  }
}
