package io.apfproxy.report;

/**
 * A request's target as it may stand in a log: the path, and the values of {@link ShownParameters}.
 * Source: specification seeing.md V-91.
 */
public final class LoggedTarget {
  private static final String HIDDEN = "…";
  private static final int LONGEST = 1024;

  private LoggedTarget() {}

  /**
   * Cut at 1024 characters.
   *
   * @param target as the client sent it
   */
  public static String of(String target) {
    int question = target.indexOf('?');
    if (question < 0 && target.length() <= LONGEST) {
      return target;
    }
    StringBuilder text = new StringBuilder(question < 0 ? target : target.substring(0, question));
    char separator = '?';
    for (int from = question + 1; from > 0 && text.length() < LONGEST; ) {
      int end = target.indexOf('&', from);
      text.append(separator);
      add(text, target, from, end < 0 ? target.length() : end);
      separator = '&';
      from = end + 1;
    }
    if (text.length() > LONGEST) {
      text.setLength(LONGEST);
      text.append(HIDDEN);
    }
    return text.toString();
  }

  private static void add(StringBuilder text, String target, int from, int end) {
    int equals = target.indexOf('=', from);
    String name = equals < 0 || equals >= end ? "" : target.substring(from, equals);
    if (ShownParameters.NAMES.contains(name)) {
      text.append(target, from, end);
    } else if (name.equals(ShownParameters.CONTINUE)) {
      text.append(name).append('=').append(HIDDEN);
    } else {
      text.append(HIDDEN).append('=').append(HIDDEN);
    }
  }
}
