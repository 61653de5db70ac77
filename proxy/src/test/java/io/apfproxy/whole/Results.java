package io.apfproxy.whole;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a run has measured so far, round by round. For one thread. */
final class Results {
  /**
   * A warm load before a front.
   *
   * @param residentBytes of the front at its end; 0 without a process
   */
  record Sample(String front, int round, String load, Figures figures, long residentBytes) {}

  /**
   * A front from its start.
   *
   * @param cpuSeconds until it was ready
   * @param residentBytes when it was
   * @param first its first requests
   */
  record Start(
      String front,
      int round,
      double readySeconds,
      double cpuSeconds,
      long residentBytes,
      Figures first) {}

  /**
   * A second of a front's first minute.
   *
   * @param second since it was ready, the bin's begin
   */
  record Moment(String front, int round, double second, Figures figures) {}

  /**
   * Idle watches.
   *
   * @param watches that opened
   * @param residentBytes more than before, of the front, after a collection if it is a JVM
   * @param heapBytes the same of its heap; null without one
   */
  record Idle(
      String front, int round, long watches, long residentBytes, @Nullable Long heapBytes) {}

  private final Map<String, String> fronts = new LinkedHashMap<>();
  private final Map<String, String> absent = new LinkedHashMap<>();
  private final List<Sample> samples = new ArrayList<>();
  private final List<Start> starts = new ArrayList<>();
  private final List<Moment> moments = new ArrayList<>();
  private final List<Idle> idle = new ArrayList<>();

  void present(String front, String version) {
    fronts.put(front, version);
  }

  void absent(String front, String why) {
    absent.put(front, why);
  }

  void add(Sample sample) {
    samples.add(sample);
  }

  void add(Start start) {
    starts.add(start);
  }

  void add(Moment moment) {
    moments.add(moment);
  }

  void add(Idle watches) {
    idle.add(watches);
  }

  /** Names of those that are measured, with what they are. */
  Map<String, String> fronts() {
    return fronts;
  }

  /** Names of those that are not, with the reason. */
  Map<String, String> absent() {
    return absent;
  }

  List<Sample> samples() {
    return samples;
  }

  List<Start> starts() {
    return starts;
  }

  List<Moment> moments() {
    return moments;
  }

  List<Idle> idle() {
    return idle;
  }

  /** Names of the loads, in the order in which they were measured first. */
  List<String> loads() {
    return samples.stream().map(Sample::load).distinct().toList();
  }

  /** A figure of a front under a load over all rounds; empty if it was not measured. */
  Optional<Spread> of(String front, String load, ToDoubleFunction<Figures> figure) {
    return spread(of(front, load).map(sample -> figure.applyAsDouble(sample.figures())));
  }

  /** Bytes that a front had at the end of a load. */
  Optional<Spread> resident(String front, String load) {
    return spread(of(front, load).map(sample -> (double) sample.residentBytes()));
  }

  /** How many requests of a load failed in all rounds. */
  long failed(String front, String load) {
    return of(front, load).mapToLong(sample -> sample.figures().failed()).sum();
  }

  private Stream<Sample> of(String front, String load) {
    return samples.stream()
        .filter(sample -> sample.front().equals(front) && sample.load().equals(load));
  }

  /** A figure of a front's starts. */
  Optional<Spread> ofStarts(String front, ToDoubleFunction<Start> figure) {
    return spread(
        starts.stream().filter(start -> start.front().equals(front)).map(figure::applyAsDouble));
  }

  /** Bytes for each idle watch. */
  Optional<Spread> residentPerWatch(String front) {
    return spread(
        idle.stream()
            .filter(one -> one.front().equals(front) && one.watches() > 0)
            .map(one -> (double) one.residentBytes() / one.watches()));
  }

  /** Bytes of heap for each idle watch; empty if the front has no heap. */
  Optional<Spread> heapPerWatch(String front) {
    return spread(
        idle.stream()
            .filter(one -> one.front().equals(front) && one.watches() > 0)
            .filter(one -> one.heapBytes() != null)
            .map(one -> (double) Objects.requireNonNull(one.heapBytes()) / one.watches()));
  }

  /**
   * A figure of each second after a front was ready, the median of its rounds, by second. Those in
   * which no answer came are left out.
   */
  Map<Double, Double> course(String front, ToDoubleFunction<Figures> figure) {
    Map<Double, List<Double>> bySecond = new TreeMap<>();
    for (Moment moment : moments) {
      if (moment.front().equals(front) && moment.figures().answers() > 0) {
        bySecond
            .computeIfAbsent(moment.second(), second -> new ArrayList<>())
            .add(figure.applyAsDouble(moment.figures()));
      }
    }
    Map<Double, Double> medians = new LinkedHashMap<>();
    bySecond.forEach((second, values) -> medians.put(second, Spread.of(values).median()));
    return medians;
  }

  private static Optional<Spread> spread(Stream<Double> values) {
    List<Double> all = values.toList();
    return all.isEmpty() ? Optional.empty() : Optional.of(Spread.of(all));
  }
}
