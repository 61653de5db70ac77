package io.apfproxy.whole;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a run measures, and for how long.
 *
 * @param rounds turns of each front
 * @param cold how long a front is watched from the moment it is ready
 * @param heat closed loop before the first warm load of each protocol; not counted
 * @param warm each warm load
 * @param low requests a second of an open loop, also of the cold one
 * @param high the same, of another
 * @param inFlight small requests at a time, of a closed loop
 * @param lists long lists at a time, of a closed loop
 * @param watches idle ones; 0 for none
 * @param first requests after the start that make the figure of the cold proxy
 * @param real whether the upstream is a kube-apiserver and no {@link FastUpstream}
 * @param fronts names of those that are measured, in their order; our jars have their own
 * @param jars by name: more than one to compare them, say before and after a change
 * @param out folder of what is written
 */
record Settings(
    int rounds,
    Duration cold,
    Duration heat,
    Duration warm,
    int low,
    int high,
    int inFlight,
    int lists,
    int watches,
    int first,
    boolean real,
    List<String> fronts,
    Map<String, Jar> jars,
    Path out) {
  /**
   * One of our jars.
   *
   * @param flags of all of them, then its own
   * @param java the same, options of its JVM
   */
  record Jar(Path file, List<String> flags, List<String> java) {}

  private static final String JAR = "apf-proxy";
  private static final String FLAGS = "flags";
  private static final String JAVA = "java";
  private static final Pattern COMMA = Pattern.compile(",");

  /** What may be said, with what holds if it is not. Times are seconds. */
  private static final Map<String, String> DEFAULTS =
      Map.ofEntries(
          Map.entry("rounds", "5"),
          Map.entry("cold", "60"),
          Map.entry("heat", "8"),
          Map.entry("warm", "10"),
          Map.entry("low", "500"),
          Map.entry("high", "1500"),
          Map.entry("inflight", "32"),
          Map.entry("lists", "4"),
          Map.entry("watches", "2000"),
          Map.entry("first", "5000"),
          Map.entry("upstream", "fast"),
          Map.entry("fronts", "direct,haproxy,nginx"),
          Map.entry("jars", ""),
          Map.entry(JAVA, ""),
          Map.entry(FLAGS, ""),
          Map.entry("out", "target/whole"));

  /**
   * @param words each {@code name=value}; lists have commas between, {@code jars} is {@code
   *     before=FILE,after=FILE}, and {@code flags.before} and {@code java.before} are flags of that
   *     one and options of its JVM
   * @param usual measured if the words name none
   * @throws IllegalArgumentException if a name or a value is none
   */
  static Settings of(Path usual, String... words) {
    Map<String, String> values = new TreeMap<>(DEFAULTS);
    Map<String, String> own = new TreeMap<>();
    for (String word : words) {
      int equals = word.indexOf('=');
      if (equals > 0 && (word.startsWith(FLAGS + ".") || word.startsWith(JAVA + "."))) {
        own.put(word.substring(0, equals), word.substring(equals + 1));
        continue;
      }
      if (equals < 0 || !DEFAULTS.containsKey(word.substring(0, equals))) {
        throw new IllegalArgumentException(
            "found \"" + word + "\", expected NAME=VALUE with a name of " + values.keySet());
      }
      values.put(word.substring(0, equals), word.substring(equals + 1));
    }
    return new Settings(
        number(values, "rounds"),
        seconds(values, "cold"),
        seconds(values, "heat"),
        seconds(values, "warm"),
        number(values, "low"),
        number(values, "high"),
        number(values, "inflight"),
        number(values, "lists"),
        number(values, "watches"),
        number(values, "first"),
        isReal(values.get("upstream")),
        list(values, "fronts"),
        jars(usual, values, own),
        Path.of(values.get("out")));
  }

  private static int number(Map<String, String> values, String name) {
    return Integer.parseInt(values.get(name));
  }

  private static boolean isReal(String upstream) {
    return switch (upstream) {
      case "fast" -> false;
      case "real" -> true;
      default ->
          throw new IllegalArgumentException(
              "found \"upstream=" + upstream + "\", expected fast or real");
    };
  }

  private static Duration seconds(Map<String, String> values, String name) {
    return Duration.ofNanos(Math.round(Double.parseDouble(values.get(name)) * 1e9));
  }

  private static List<String> list(Map<String, String> values, String name) {
    return list(values.getOrDefault(name, ""));
  }

  private static List<String> list(String value) {
    return COMMA.splitAsStream(value).filter(part -> !part.isEmpty()).toList();
  }

  private static Map<String, Jar> jars(
      Path usual, Map<String, String> values, Map<String, String> own) {
    Map<String, Path> files = new LinkedHashMap<>();
    for (String one : list(values, "jars")) {
      int equals = one.indexOf('=');
      if (equals < 0) {
        throw new IllegalArgumentException("found \"" + one + "\", expected NAME=FILE");
      }
      files.put(one.substring(0, equals), Path.of(one.substring(equals + 1)));
    }
    if (files.isEmpty()) {
      files.put(JAR, usual);
    }
    for (String word : own.keySet()) {
      if (!files.containsKey(word.substring(word.indexOf('.') + 1))) {
        throw new IllegalArgumentException(
            "found \"" + word + "\", expected the name of a jar: " + files.keySet());
      }
    }
    Map<String, Jar> jars = new LinkedHashMap<>();
    files.forEach(
        (name, file) ->
            jars.put(
                name,
                new Jar(file, both(values, own, FLAGS, name), both(values, own, JAVA, name))));
    return jars;
  }

  /** Those of all jars, then those of one. */
  private static List<String> both(
      Map<String, String> values, Map<String, String> own, String kind, String name) {
    return Stream.concat(list(values, kind).stream(), list(own, kind + "." + name).stream())
        .toList();
  }
}
