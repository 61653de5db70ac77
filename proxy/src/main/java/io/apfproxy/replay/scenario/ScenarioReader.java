package io.apfproxy.replay.scenario;

import io.apfproxy.cli.StartException;
import io.apfproxy.replay.Terms;
import io.apfproxy.replay.scenario.Scenario.Ask;
import io.apfproxy.replay.scenario.Scenario.Client;
import io.apfproxy.replay.scenario.Scenario.Rhythm;
import io.apfproxy.replay.scenario.Scenario.Service;
import io.apfproxy.request.LongRunning;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.RequestInfo;
import io.apfproxy.request.RequestInfoParser;
import io.apfproxy.request.RequestTarget;
import io.apfproxy.source.Finding;
import io.apfproxy.source.YamlDocument;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads scenarios, and says all that is wrong in one. */
public final class ScenarioReader {
  private static final int MOST_CLIENTS = 1_000_000;
  private static final int DEFAULT_SEATS = 600;
  private static final int MOST_RETRIES = 1_000;
  private static final long MOST_BURST = 100_000;
  private static final String NUMBER = "{i}";

  private final String file;
  private final YamlDocument document;
  private final List<Finding> findings = new ArrayList<>();

  private ScenarioReader(String file, YamlDocument document) {
    this.file = file;
    this.document = document;
  }

  /**
   * Reads one.
   *
   * @param file its name, for people
   * @param name of the scenario
   * @throws StartException with a line for each thing that is wrong: {@code file:line: field: found
   *     ..., expected ...}
   */
  public static Scenario read(String file, String name, String text) throws StartException {
    List<YamlDocument> documents;
    try {
      documents = YamlDocument.parse(text);
    } catch (YamlDocument.Malformed e) {
      throw new StartException(file + ":" + e.line() + ": " + e.getMessage());
    }
    if (documents.size() != 1 || !documents.get(0).tree().isObject()) {
      throw new StartException(
          file + ": found " + documents.size() + " documents, expected one mapping");
    }
    ScenarioReader reader = new ScenarioReader(file, documents.get(0));
    Scenario scenario = reader.scenario(name);
    if (!reader.findings.isEmpty()) {
      throw new StartException(
          reader.findings.stream()
              .sorted(Comparator.comparingInt(Finding::line))
              .map(Finding::toString)
              .collect(Collectors.joining("\n")));
    }
    return scenario;
  }

  private void wrong(String field, String message) {
    findings.add(new Finding(file, document.line(field), field, message));
  }

  private Scenario scenario(String name) {
    Fields fields = new Fields(document.tree(), "", this::wrong);
    int seats = (int) fields.number("seats", DEFAULT_SEATS, 1, 1_000_000);
    long duration = fields.needed("duration");
    long seed = fields.number("seed", 1, Long.MIN_VALUE, Long.MAX_VALUE);
    int retries = (int) fields.number("retries", 0, 0, MOST_RETRIES);
    int capacity = (int) fields.number("capacity", 0, 1, 1_000_000);
    SortedMap<String, Terms.Stored> objects = objects(fields.mapping("objects"));
    List<Client> clients = new ArrayList<>();
    long streams = 0;
    for (Fields each : fields.list("clients")) {
      Client client = client(each, duration);
      clients.add(client);
      streams += (long) client.count() * client.asks().size();
    }
    fields.end();
    if (streams > MOST_CLIENTS) {
      wrong(
          "clients",
          "found " + streams + " requests of clients, expected " + MOST_CLIENTS + " at most");
    }
    return new Scenario(name, seats, duration, seed, retries, capacity, objects, clients);
  }

  private static SortedMap<String, Terms.Stored> objects(@Nullable Fields fields) {
    SortedMap<String, Terms.Stored> objects = new TreeMap<>();
    if (fields != null) {
      for (String resource : fields.names()) {
        Fields known = fields.mapping(resource);
        if (known != null) {
          objects.put(
              resource,
              new Terms.Stored(
                  known.number("count", 0, 0, Integer.MAX_VALUE),
                  known.number("size", 0, 0, Integer.MAX_VALUE)));
          known.end();
        }
      }
    }
    return objects;
  }

  private Client client(Fields fields, long duration) {
    String name = fields.text("name", null);
    int count = (int) fields.number("count", 1, 1, MOST_CLIENTS);
    String user = fields.text("user", null);
    List<String> groups = fields.texts("groups");
    String agent = fields.text("agent", "");
    List<Ask> asks = new ArrayList<>();
    fields.list("requests").forEach(each -> asks.add(ask(each, duration)));
    fields.end();
    return new Client(name, count, user, groups, agent, asks);
  }

  private Ask ask(Fields fields, long duration) {
    String method = fields.text("method", "GET");
    String url = fields.text("url", null);
    Rhythm rhythm = rhythm(fields);
    Long jitter = fields.duration("jitter", true);
    int burst = (int) fields.number("burst", 1, 1, MOST_BURST);
    Long from = fields.duration("from", true);
    Long until = fields.duration("until", false);
    Service service = service(fields);
    fields.end();
    boolean loop = rhythm instanceof Rhythm.Loop;
    if (loop && burst > 1) {
      fields.wrong("burst", "found with loop, expected it with every or rate");
    }
    if (rhythm instanceof Rhythm.Rate && jitter != null) {
      fields.wrong("jitter", "found with rate, expected it with every or loop");
    }
    if (rhythm instanceof Rhythm.Every every && jitter != null && jitter > every.interval()) {
      fields.wrong("jitter", "found more than every, expected no more");
    }
    check(fields, method, url, loop);
    return new Ask(
        method,
        url,
        rhythm,
        jitter,
        burst,
        from == null ? 0 : from,
        until == null ? duration : Math.min(until, duration),
        service);
  }

  private static Rhythm rhythm(Fields fields) {
    List<String> found = List.of("every", "rate", "loop").stream().filter(fields::has).toList();
    if (found.size() != 1) {
      fields.wrong(
          "every",
          "found "
              + (found.isEmpty() ? "none" : String.join(" and ", found))
              + ", expected one of every, rate, loop");
      return new Rhythm.Every(1);
    }
    return switch (found.get(0)) {
      case "every" -> new Rhythm.Every(fields.needed("every"));
      case "rate" -> new Rhythm.Rate(Objects.requireNonNullElse(fields.rate("rate"), 1.0));
      default -> loop(fields.mapping("loop"));
    };
  }

  private static Rhythm loop(@Nullable Fields loop) {
    Long think = loop == null ? null : loop.duration("think", true);
    if (loop != null) {
      loop.end();
    }
    return new Rhythm.Loop(think == null ? 0 : think);
  }

  private static Service service(Fields fields) {
    if (!fields.isMapping("exec")) {
      long nanos = fields.needed("exec");
      return new Service(nanos, nanos);
    }
    Fields exec = Objects.requireNonNull(fields.mapping("exec"));
    long p50 = exec.needed("p50");
    long p99 = exec.needed("p99");
    exec.end();
    if (p99 < p50) {
      exec.wrong("p99", "found less than p50, expected no less");
    }
    return new Service(p50, p99);
  }

  private static void check(Fields fields, String method, String url, boolean loop) {
    try {
      RequestInfo info = info(method, url, 0);
      if (info.verb().isEmpty()) {
        fields.wrong("method", "found \"" + method + "\", expected an HTTP method such as GET");
      } else if (LongRunning.bypasses(info)) {
        fields.wrong("url", "found what goes past flow control, expected what does not");
      } else if (info.isWatch() && loop) {
        fields.wrong("loop", "found with a watch, expected every: it is open until the next");
      }
    } catch (RefusedException e) {
      fields.wrong("url", "found \"" + url + "\": " + e.getMessage());
    }
  }

  /** What a client with that number means by a URL. */
  static RequestInfo info(String method, String url, int number) throws RefusedException {
    return RequestInfoParser.parse(method, RequestTarget.parse(numbered(url, number)));
  }

  static String numbered(String text, int number) {
    return text.replace(NUMBER, Integer.toString(number));
  }

  static boolean isNumbered(String text) {
    return text.contains(NUMBER);
  }
}
