package io.apfproxy.real;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Makes requests of every kind, many of them odd, none of which changes anything: whoever may write
 * asks for a dry run. Two fifths have the {@linkplain ProbeShape shapes} that matter, each in its
 * turn; the rest is drawn. Equal seeds make equal requests.
 */
final class ProbeGenerator {
  /** What there is to ask for; names as the preparation of the run made them, or of nothing. */
  private record Type(
      String base, String resource, boolean namespaced, List<String> names, String manifest) {}

  private static final List<String> NAMESPACES =
      List.of("default", "default", "team-a", "kube-system", "absent");

  private static final List<Type> TYPES =
      words("types").stream().map(ProbeGenerator::type).toList();

  private static final List<String> SUBRESOURCES = words("subresources");
  private static final List<String> PLAIN_PATHS = words("plain paths");
  private static final List<String> READS = List.of("GET", "GET", "GET", "GET", "GET", "HEAD");
  private static final List<String> WRITES = List.of("POST", "PUT", "PATCH", "DELETE", "DELETE");
  private static final List<String> OTHERS = List.of("OPTIONS", "FOO", "get", "PROPFIND", "Post");

  private static final List<String> ACCEPT = words("accept");
  private static final List<String> CONTENT_TYPES = words("content types");
  private static final List<String> TRUTHS = words("watch");
  private static final List<String> FALSEHOODS = words("no watch");
  private static final List<String> PARAMETERS = words("parameters");
  private static final List<String> ODD_PARAMETERS = words("odd parameters");
  private static final List<String> ODD_NAMES = words("odd names");

  private final Random random;
  private final List<String> callers;
  private final List<ProbeShape> shapes;
  private int shaped;

  ProbeGenerator(long seed, List<String> callers) {
    this.random = new Random(seed);
    this.callers = List.copyOf(callers);
    this.shapes = new ArrayList<>(ProbeShape.all());
    Collections.shuffle(shapes, random);
  }

  /** The next so many requests. */
  List<Probe> generate(int count) {
    return IntStream.range(0, count).mapToObj(this::probe).toList();
  }

  /** Base, resource, whether namespaced, version, kind and names, with spaces between. */
  private static Type type(String line) {
    List<String> words = List.of(line.split(" "));
    return new Type(
        words.get(0),
        words.get(1),
        Boolean.parseBoolean(words.get(2)),
        words.subList(5, words.size()),
        String.format(
            "{\"apiVersion\":\"%s\",\"kind\":\"%s\",\"metadata\":{\"name\":\"%%s\"}}",
            words.get(3), words.get(4)));
  }

  /** One section of the word list. */
  private static List<String> words(String section) {
    List<String> lines = TestResources.read("/real/probes.txt").lines().toList();
    int from = lines.indexOf("[" + section + "]") + 1;
    return lines.stream()
        .skip(from)
        .takeWhile(line -> !line.matches("\\[[a-z ]+]"))
        .map(line -> line.equals("(empty)") ? "" : line)
        .toList();
  }

  private Probe probe(int number) {
    String caller = pick(callers);
    if (chance(0.4)) {
      return shapes.get(shaped++ % shapes.size()).fill(number, caller, this::gap);
    }
    if (chance(0.01)) {
      return new Probe(number, caller, "GET", ambiguous(), List.of(), "");
    }
    if (chance(0.14)) {
      return plain(number, caller);
    }
    return resource(number, caller);
  }

  private String gap(String name) {
    return pick(name.equals("ns") ? NAMESPACES : words(name));
  }

  private String ambiguous() {
    return pick(
        List.of("*", "/api/v1/pods#x", "/api/v1/pods?a=\u00e9", "/api/v1/p\u00e9ds", "/#/"));
  }

  private Probe plain(int number, String caller) {
    String target = chance(0.6) ? pick(PLAIN_PATHS) : odd(pick(PLAIN_PATHS));
    if (chance(0.2)) {
      target += (target.contains("?") ? "&" : "?") + pick(ODD_PARAMETERS);
    }
    String method = chance(0.75) ? pick(READS) : pick(chance(0.5) ? OTHERS : WRITES);
    return new Probe(number, caller, method, target, headers(""), "");
  }

  private Probe resource(int number, String caller) {
    Type type = pick(TYPES);
    String name = chance(0.7) && !type.names().isEmpty() ? pick(type.names()) : pick(ODD_NAMES);
    boolean named = chance(0.5);
    StringBuilder path = new StringBuilder(type.base());
    boolean watched = chance(0.03);
    if (watched) {
      path.append("/watch");
    } else if (chance(0.01)) {
      path.append("/proxy");
    }
    if (chance(type.namespaced() ? 0.8 : 0.05)) {
      path.append("/namespaces/").append(pick(NAMESPACES));
    }
    path.append('/').append(type.resource());
    if (named) {
      path.append('/').append(name);
      if (chance(0.35)) {
        path.append('/').append(pick(SUBRESOURCES));
      }
    }
    String target = chance(0.35) ? odd(path.toString()) : path.toString();
    if (chance(0.004)) {
      target = "https://other.example.com" + target;
    }
    double kind = random.nextDouble();
    if (kind < 0.62) {
      return new Probe(number, caller, pick(READS), target + readQuery(watched), headers(""), "");
    }
    if (kind < 0.66) {
      return new Probe(number, caller, pick(OTHERS), target + writeQuery(), headers(""), "");
    }
    String method = pick(WRITES);
    String body = method.equals("DELETE") ? deletion() : body(type, name);
    return new Probe(number, caller, method, target + writeQuery(), headers(body), body);
  }

  private String readQuery(boolean watched) {
    List<String> parameters = new ArrayList<>();
    if (watched) {
      parameters.add("timeoutSeconds=1");
    } else if (chance(0.05)) {
      parameters.add("timeoutSeconds=1");
      parameters.add(pick(TRUTHS));
    } else if (chance(0.05)) {
      parameters.add(pick(FALSEHOODS));
    }
    return further(parameters);
  }

  private String writeQuery() {
    List<String> parameters = new ArrayList<>(List.of("dryRun=All", "timeoutSeconds=1"));
    return further(parameters);
  }

  private String further(List<String> parameters) {
    while (chance(0.4)) {
      parameters.add(pick(PARAMETERS));
    }
    while (chance(0.15)) {
      parameters.add(pick(ODD_PARAMETERS));
    }
    if (parameters.isEmpty()) {
      return chance(0.03) ? "?" : "";
    }
    return "?" + String.join("&", parameters);
  }

  /** A body takes the place of the query's options. */
  private String deletion() {
    return chance(0.8)
        ? ""
        : "{\"apiVersion\":\"v1\",\"kind\":\"DeleteOptions\",\"dryRun\":[\"All\"]}";
  }

  private String body(Type type, String name) {
    if (chance(0.1)) {
      return pick(List.of("{}", "{", "[]", "null", "apiVersion: v1", "[{\"op\":\"test\"}]"));
    }
    return String.format(type.manifest(), name.contains("%") ? "probe" : name);
  }

  private List<String> headers(String body) {
    List<String> lines = new ArrayList<>();
    if (chance(0.5)) {
      lines.add("Accept: " + pick(ACCEPT));
    }
    if (chance(0.1)) {
      lines.add("Accept-Encoding: gzip");
    }
    if (!body.isEmpty() && chance(0.95)) {
      lines.add("Content-Type: " + pick(CONTENT_TYPES));
    }
    return lines;
  }

  /** The same path in another spelling, or one that only looks the same. */
  private String odd(String path) {
    int slash = slashIn(path);
    int at = 1 + random.nextInt(Math.max(1, path.length() - 1));
    return switch (random.nextInt(14)) {
      case 0 -> path + "/";
      case 1 -> path + "//";
      case 2 -> path.substring(0, slash) + "/" + path.substring(slash);
      case 3 -> path.substring(0, slash) + "%2F" + path.substring(slash + 1);
      case 4 -> path.substring(0, slash) + "%2f" + path.substring(slash + 1);
      case 5 -> path.substring(0, slash) + "/." + path.substring(slash);
      case 6 -> path.substring(0, slash) + "/x/.." + path.substring(slash);
      case 7 -> path.substring(0, slash) + "/%2e%2e" + path.substring(slash);
      case 8 -> at < path.length() ? escaped(path, at, "%%%02X") : path + "%20";
      case 9 -> at < path.length() ? escaped(path, at, "%%%02x") : path + "%20";
      case 10 -> "/" + path;
      case 11 -> path + pick(List.of("%20", "+", ";v=1", "%00", "%ff", "%", "%2", "%zz", ".."));
      case 12 -> path.substring(0, slash) + "/%20" + path.substring(slash);
      default ->
          at < path.length()
              ? path.substring(0, at)
                  + Character.toUpperCase(path.charAt(at))
                  + path.substring(at + 1)
              : path;
    };
  }

  private static String escaped(String path, int at, String format) {
    return path.charAt(at) == '%' || path.charAt(at) == '?'
        ? path
        : path.substring(0, at)
            + String.format(format, (int) path.charAt(at))
            + path.substring(at + 1);
  }

  private int slashIn(String path) {
    List<Integer> slashes =
        IntStream.range(0, path.length()).filter(i -> path.charAt(i) == '/').boxed().toList();
    return pick(slashes);
  }

  private boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  private <T> T pick(List<T> from) {
    return from.get(random.nextInt(from.size()));
  }
}
