package io.apfproxy.report.talkers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Against a map that forgets nothing. Specification seeing.md V-10, V-13, V-14. */
class HeavyHittersTest {
  private static final int STREAMS = 10_000;
  private static final int RULES = 3;

  @Test
  void boundsHoldForEachStreamAndForMergesOfThem() {
    Random random = new Random(12);
    int checked = 0;
    while (checked < STREAMS) {
      int capacity = 1 + random.nextInt(random.nextBoolean() ? 8 : 512);
      int keys = 1 + random.nextInt(4 * capacity);
      List<Summary<Integer>> summaries = new ArrayList<>();
      List<Map<Integer, Long>> truths = new ArrayList<>();
      for (int i = 0; i < 1 + random.nextInt(8); i++) {
        Map<Integer, Long> truth = new HashMap<>();
        summaries.add(stream(random, capacity, keys, truth).summary());
        truths.add(truth);
        check(capacity, summaries.get(i), truth);
        checked++;
      }
      mergeAtRandom(random, capacity, summaries, truths);
    }
  }

  private static HeavyHitters<Integer> stream(
      Random random, int capacity, int keys, Map<Integer, Long> truth) {
    HeavyHitters<Integer> sketch = new HeavyHitters<>(capacity);
    int length = random.nextInt(3 * capacity + 10);
    for (int i = 0; i < length; i++) {
      int key = (int) (keys * Math.pow(random.nextDouble(), 3));
      long weight = random.nextInt(5) == 0 ? random.nextInt(1_000) : random.nextInt(3);
      sketch.add(key, weight);
      truth.merge(key, weight, Long::sum);
    }
    return sketch;
  }

  private static void mergeAtRandom(
      Random random,
      int capacity,
      List<Summary<Integer>> summaries,
      List<Map<Integer, Long>> truths) {
    while (summaries.size() > 1) {
      int many = 2 + random.nextInt(summaries.size() - 1);
      Map<Integer, Long> truth = new HashMap<>();
      List<Summary<Integer>> some = new ArrayList<>();
      for (int i = 0; i < many; i++) {
        int which = random.nextInt(summaries.size());
        some.add(summaries.remove(which));
        truths.remove(which).forEach((key, weight) -> truth.merge(key, weight, Long::sum));
      }
      summaries.add(Summary.merge(capacity, some));
      truths.add(truth);
      check(capacity, summaries.get(summaries.size() - 1), truth);
    }
  }

  private static void check(int capacity, Summary<Integer> summary, Map<Integer, Long> truth) {
    long total = truth.values().stream().mapToLong(Long::longValue).sum();
    assertThat(summary.total()).isEqualTo(total);
    assertThat(summary.size()).isLessThanOrEqualTo(capacity);
    assertThat(summary.absent() * capacity).isLessThanOrEqualTo(total);
    Set<Integer> known = new HashSet<>();
    for (int i = 0; i < summary.size(); i++) {
      long value = summary.value(i);
      assertThat(truth.get(summary.key(i))).isBetween(value, value + summary.error(i));
      assertThat(summary.error(i) * capacity).isLessThanOrEqualTo(total);
      assertThat(known.add(summary.key(i))).isTrue();
    }
    truth.forEach(
        (key, weight) -> {
          if (!known.contains(key)) {
            assertThat(weight).isLessThanOrEqualTo(summary.absent());
            assertThat(weight * capacity).isLessThanOrEqualTo(total);
          }
        });
  }

  @Test
  void nothingIsLostOfAsManyKeysAsThereAreCounters() {
    Random random = new Random(3);
    HeavyHitters<Integer> first = new HeavyHitters<>(64);
    HeavyHitters<Integer> second = new HeavyHitters<>(64);
    Map<Integer, Long> truth = new HashMap<>();
    for (int i = 0; i < 10_000; i++) {
      int key = random.nextInt(64);
      long weight = 1L + random.nextInt(100);
      (random.nextBoolean() ? first : second).add(key, weight);
      truth.merge(key, weight, Long::sum);
    }

    Summary<Integer> merged = Summary.merge(64, List.of(first.summary(), second.summary()));

    assertThat(merged.size()).isEqualTo(64);
    for (int i = 0; i < merged.size(); i++) {
      assertThat(merged.error(i)).isZero();
      assertThat(merged.value(i)).isEqualTo(truth.get(merged.key(i)));
    }
  }

  @Test
  void theFirstTwentyOfAMillionAreListedInOrder() {
    double[] upTo = zipf(1_000_000, 1.1);
    Random random = new Random(7);
    long[] truth = new long[upTo.length];
    HeavyHitters<Integer> sketch = new HeavyHitters<>(256);
    for (int i = 0; i < 2_000_000; i++) {
      int at = java.util.Arrays.binarySearch(upTo, random.nextDouble());
      int key = Math.min(upTo.length - 1, at < 0 ? -at - 1 : at);
      truth[key]++;
      sketch.add(key, 1);
    }
    Summary<Integer> summary = sketch.summary();

    List<Integer> order =
        IntStream.range(0, summary.size())
            .boxed()
            .sorted(Comparator.comparing(i -> -summary.value(i)))
            .toList();

    assertThat(IntStream.range(0, summary.size()).mapToObj(summary::key))
        .containsAll(IntStream.range(0, 20).boxed().toList());
    int certain = 0;
    for (int i = 0; i + 1 < order.size(); i++) {
      int one = order.get(i);
      int next = order.get(i + 1);
      if (summary.value(one) > summary.value(next) + summary.error(next)) {
        assertThat(truth[summary.key(one)]).isGreaterThan(truth[summary.key(next)]);
        certain++;
      }
    }
    assertThat(certain).isGreaterThanOrEqualTo(10);
  }

  private static double[] zipf(int keys, double exponent) {
    double[] upTo = new double[keys];
    double sum = 0;
    for (int i = 0; i < keys; i++) {
      sum += Math.pow(i + 1, -exponent);
      upTo[i] = sum;
    }
    for (int i = 0; i < keys; i++) {
      upTo[i] /= sum;
    }
    return upTo;
  }

  @Test
  void partsHaveTheBoundsOfTheWhole() {
    Random random = new Random(5);
    int capacity = 16;
    List<Summary<Integer>> summaries = new ArrayList<>();
    Map<Integer, long[]> truth = new HashMap<>();
    for (int s = 0; s < 6; s++) {
      HeavyHitters<Integer> sketch = new HeavyHitters<>(capacity);
      for (int i = 0; i < 400; i++) {
        int key = (int) (60 * Math.pow(random.nextDouble(), 2));
        long[] weights = new long[RULES];
        weights[random.nextInt(RULES)] = random.nextInt(4);
        sketch.add(key, weights);
        long[] sums = truth.computeIfAbsent(key, any -> new long[RULES]);
        IntStream.range(0, RULES).forEach(rule -> sums[rule] += weights[rule]);
      }
      summaries.add(sketch.summary());
    }

    Summary<Integer> merged = Summary.merge(capacity, summaries);

    for (int i = 0; i < merged.size(); i++) {
      long sum = 0;
      for (int rule = 0; rule < RULES; rule++) {
        long value = merged.part(i, rule);
        sum += value;
        assertThat(truth.get(merged.key(i))[rule]).isBetween(value, value + merged.error(i));
      }
      assertThat(sum).isEqualTo(merged.value(i));
    }
    assertThat(merged.size()).isEqualTo(capacity);
  }

  @Test
  void whatWasSummedUpDoesNotChangeAnyMore() {
    HeavyHitters<String> sketch = new HeavyHitters<>(2);
    sketch.add("a", new long[] {1, 2});
    Summary<String> before = sketch.summary();

    sketch.add("a", new long[] {5, 5});

    assertThat(before.value(0)).isEqualTo(3);
    assertThat(before.part(0, 1)).isEqualTo(2);
    assertThat(sketch.total()).isEqualTo(13);
    assertThat(sketch.size()).isEqualTo(1);
  }
}
