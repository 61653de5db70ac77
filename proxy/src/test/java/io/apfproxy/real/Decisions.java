package io.apfproxy.real;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.apfproxy.recorded.Annotations;
import io.apfproxy.replay.Witness;
import io.apfproxy.replay.audit.LogReplay;
import io.apfproxy.request.GoDuration;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What became of each request at flow control: as it was recorded, or as a replay has it. */
final class Decisions {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long NANOS_PER_MICRO = 1_000;

  /** Of requests of one user for one thing in the same microsecond there may be several. */
  private final SortedMap<Key, List<Decision>> all = new TreeMap<>();

  private final Set<String> auditIds = new HashSet<>();

  /**
   * One decision.
   *
   * @param seats 0 if it got none
   * @param waited nanoseconds until it got them, was refused or left
   */
  record Decision(String schema, String level, int seats, long waited) {
    /** Where it was put. */
    String place() {
      return schema + " of " + level;
    }
  }

  /**
   * One request.
   *
   * @param arrived microseconds since the first
   * @param asked user, verb and path
   */
  record Key(long arrived, String asked) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      int order = Long.compare(arrived, other.arrived);
      return order == 0 ? asked.compareTo(other.asked) : order;
    }
  }

  private void add(Key key, Decision decision) {
    all.computeIfAbsent(key, none -> new ArrayList<>()).add(decision);
  }

  private static String asked(String user, String verb, String path) {
    return user + ' ' + verb + ' ' + path;
  }

  /** Of those that came to flow control, by a recording. */
  static Decisions recorded(Path folder) throws Exception {
    Map<String, JsonNode> lines = new HashMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        for (String line : Files.readAllLines(file)) {
          JsonNode event = JSON.readTree(line);
          if (event.path("annotations").has(Annotations.WAIT)) {
            lines.putIfAbsent(event.path("auditID").asText(), event); // a watch has two
          }
        }
      }
    }
    long first = lines.values().stream().mapToLong(Decisions::received).min().orElseThrow();
    Decisions decisions = new Decisions();
    decisions.auditIds.addAll(lines.keySet());
    lines.values().forEach(line -> decisions.add(key(line, first), decision(line)));
    return decisions;
  }

  private static long received(JsonNode event) {
    return ChronoUnit.MICROS.between(
        Instant.EPOCH, Instant.parse(event.path("requestReceivedTimestamp").asText()));
  }

  private static Key key(JsonNode event, long first) {
    JsonNode user = event.path(event.has("impersonatedUser") ? "impersonatedUser" : "user");
    return new Key(
        received(event) - first,
        asked(
            user.path("username").asText(),
            event.path("verb").asText(),
            event.path("requestURI").asText().replaceFirst("\\?.*", "")));
  }

  private static Decision decision(JsonNode event) {
    JsonNode said = event.path("annotations");
    return new Decision(
        said.path(Annotations.SCHEMA).asText(),
        said.path(Annotations.LEVEL).asText(),
        said.has(Annotations.HELD) ? said.path(Annotations.SEATS).asInt() : 0,
        GoDuration.parse(said.path(Annotations.WAIT).asText()).orElseThrow());
  }

  /** Of all in a log, by a replay without a warm-up. */
  static Decisions replayed(LogReplay.Question question) throws Exception {
    Decisions decisions = new Decisions();
    Witness witness =
        (where, digest, fate) ->
            decisions.add(
                new Key(
                    fate.came() / NANOS_PER_MICRO,
                    asked(digest.user().name(), digest.info().verb(), digest.info().path())),
                new Decision(
                    where.flowSchema(),
                    where.priorityLevel(),
                    fate.began() == Witness.NEVER ? 0 : fate.seats(),
                    fate.waited()));
    try (LogReplay log = LogReplay.read(question)) {
      log.compare(null, question.after(), question.seatsAfter(), Witness.NONE, witness);
    }
    return decisions;
  }

  /** Audit ids of what was recorded. */
  Set<String> auditIds() {
    return auditIds;
  }

  int number() {
    return all.values().stream().mapToInt(List::size).sum();
  }

  /** Where requests for each thing were put, whenever they came. */
  SortedMap<String, SortedSet<String>> places() {
    SortedMap<String, SortedSet<String>> places = new TreeMap<>();
    all.forEach(
        (key, decisions) ->
            decisions.forEach(
                one ->
                    places.computeIfAbsent(key.asked(), none -> new TreeSet<>()).add(one.place())));
    return places;
  }

  /** Each request here beside the same one there. */
  List<Pair> beside(Decisions others) {
    SortedMap<Key, List<Decision>> here = sorted();
    SortedMap<Key, List<Decision>> there = others.sorted();
    if (!here.keySet().equals(there.keySet())) {
      Set<Key> missing = new TreeSet<>(here.keySet());
      missing.removeAll(there.keySet());
      Set<Key> more = new TreeSet<>(there.keySet());
      more.removeAll(here.keySet());
      throw new AssertionError("only here " + missing + "\nonly there " + more);
    }
    List<Pair> pairs = new ArrayList<>();
    here.forEach(
        (key, decisions) -> {
          List<Decision> same = there.get(key);
          if (same.size() != decisions.size()) {
            throw new AssertionError(key + ": " + decisions + ", but " + same);
          }
          for (int i = 0; i < same.size(); i++) {
            pairs.add(new Pair(key, decisions.get(i), same.get(i)));
          }
        });
    return pairs;
  }

  private SortedMap<Key, List<Decision>> sorted() {
    SortedMap<Key, List<Decision>> sorted = new TreeMap<>();
    all.forEach(
        (key, decisions) ->
            sorted.put(
                key,
                decisions.stream()
                    .sorted((one, other) -> Long.compare(one.waited(), other.waited()))
                    .toList()));
    return sorted;
  }

  /** One request, decided twice. */
  record Pair(Key request, Decision live, Decision again) {
    private static final long NEAR_NANOS = 2_000_000;
    private static final double NEAR_PART = 0.05;

    boolean isInTheSamePlace() {
      return live.place().equals(again.place());
    }

    boolean hasTheSameSeats() {
      return live.seats() == again.seats();
    }

    long apart() {
      return Math.abs(live.waited() - again.waited());
    }

    /** As near as the specification asks for. */
    boolean isNear() {
      return apart() <= Math.max(NEAR_NANOS, NEAR_PART * live.waited());
    }
  }
}
