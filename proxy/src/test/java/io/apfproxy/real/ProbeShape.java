package io.apfproxy.real;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A request worth sending in every run, with gaps: one method of one line of {@code shapes.txt}.
 *
 * @param headers lines
 */
record ProbeShape(String method, String target, List<String> headers, String body) {
  private static final Pattern GAP = Pattern.compile("\\{(ns|accept|api roots|plain paths)}");
  private static final Pattern REPETITION = Pattern.compile("\\{([0-9]+)\\*([^{}]+)}");

  /** All of the file, in its order. */
  static List<ProbeShape> all() {
    return TestResources.read("/real/shapes.txt")
        .lines()
        .filter(line -> !line.isBlank() && !line.startsWith("#"))
        .flatMap(ProbeShape::read)
        .toList();
  }

  private static Stream<ProbeShape> read(String line) {
    String[] parts = line.split(" \\| ", 3);
    String[] request = parts[0].split(" ", 2);
    List<String> headers =
        parts.length < 2 || parts[1].equals("-") ? List.of() : List.of(parts[1].split("; "));
    String body = parts.length < 3 ? "" : parts[2];
    return Stream.of(request[0].split(","))
        .map(method -> new ProbeShape(method, request[1], headers, bodyOf(method, body)));
  }

  private static String bodyOf(String method, String body) {
    return List.of("GET", "HEAD").contains(method) ? "" : body;
  }

  /**
   * The request itself.
   *
   * @param gap what to put into the gap of this name
   */
  Probe fill(int number, String caller, UnaryOperator<String> gap) {
    return new Probe(
        number,
        caller,
        method,
        filled(target, gap),
        headers.stream().map(line -> filled(line, gap)).toList(),
        filled(body, gap));
  }

  private static String filled(String text, UnaryOperator<String> gap) {
    String repeated =
        REPETITION
            .matcher(text)
            .replaceAll(found -> quoted(found.group(2).repeat(Integer.parseInt(found.group(1)))));
    return GAP.matcher(repeated)
        .replaceAll((MatchResult found) -> quoted(gap.apply(found.group(1))));
  }

  private static String quoted(String text) {
    return Matcher.quoteReplacement(text);
  }
}
