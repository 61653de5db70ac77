package io.apfproxy.real;

import java.util.List;

/**
 * One generated request, to be sent twice.
 *
 * @param number its place in the run; with the seed it says how to make it again
 * @param caller key of {@link Callers}
 * @param target bytes of the request line, one for each char
 * @param headers lines besides those of the caller
 */
record Probe(
    int number, String caller, String method, String target, List<String> headers, String body) {

  /** Whether the proxy refuses it because two readers could read two targets. */
  boolean isAmbiguous() {
    return target.equals("*") || target.chars().anyMatch(c -> c >= 0x7F || c == '#');
  }

  @Override
  public String toString() {
    String shown =
        target.length() > 300 ? target.substring(0, 300) + "... " + target.length() : target;
    return "#" + number + " " + caller + " " + method + " " + shown + " " + headers + " " + body;
  }
}
