package io.apfproxy.borrowing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.apfproxy.borrowing.ConcurrencyAllocation.Claim;
import io.apfproxy.vectors.VectorFiles;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class BorrowingVectorTest {
  private static final String EXEMPT = "exempt";

  @TestFactory
  Stream<DynamicTest> sharesSeatsAsTheReference() {
    return VectorFiles.tests(
        "borrowing.jsonl",
        testCase -> {
          if (testCase.get("kind").textValue().equals("allocation")) {
            checkAllocation(testCase);
          } else {
            checkPeriods(testCase);
          }
        });
  }

  private static void checkAllocation(JsonNode testCase) {
    int sum = testCase.get("requiredSum").intValue();
    if (testCase.has("error")) {
      assertThatThrownBy(() -> ConcurrencyAllocation.of(sum, claims(testCase)))
          .isInstanceOf(IllegalArgumentException.class);
      return;
    }
    ConcurrencyAllocation got = ConcurrencyAllocation.of(sum, claims(testCase));
    List<Double> want = new ArrayList<>();
    testCase.path("want").forEach(share -> want.add(share.doubleValue()));
    assertThat(got.shares()).hasSameSizeAs(want);
    for (int i = 0; i < want.size(); i++) {
      assertClose("share " + i, got.shares().get(i), want.get(i), 1e-9);
    }
    assertClose("fairFrac", got.proportion(), testCase.path("fairFrac").doubleValue(), 1e-9);
  }

  private static List<Claim> claims(JsonNode testCase) {
    List<Claim> claims = new ArrayList<>();
    for (JsonNode item : testCase.get("classes")) {
      claims.add(
          new Claim(
              item.path("target").doubleValue(),
              item.path("lowerBound").doubleValue(),
              item.path("upperBound").doubleValue()));
    }
    return claims;
  }

  private static void checkPeriods(JsonNode testCase) {
    Map<String, LevelUnderTest> levels = new TreeMap<>();
    testCase
        .get("initial")
        .properties()
        .forEach(entry -> levels.put(entry.getKey(), new LevelUnderTest(entry.getValue())));
    long startNanos = 0;
    int number = 0;
    for (JsonNode period : testCase.get("periods")) {
      String where = "period " + number++;
      long durationMs = period.get("durationMs").longValue();
      for (Map.Entry<String, LevelUnderTest> entry : levels.entrySet()) {
        entry
            .getValue()
            .demandOver(where + " " + entry.getKey(), entry.getKey(), period, startNanos);
      }
      startNanos += durationMs * 1_000_000;
      List<LimitAdjustment.Level> given = new ArrayList<>();
      levels.forEach((name, level) -> given.add(level.before(name.equals(EXEMPT))));

      LimitAdjustment got = LimitAdjustment.of(given);

      assertThat(got.branch()).as(where + " branch").isEqualTo(period.get("branch").intValue());
      assertThat(got.failure() != null).as(where + " fails").isEqualTo(period.has("allocError"));
      assertClose(
          where + " fairFrac", got.fairFraction(), period.path("fairFrac").doubleValue(), 1e-9);
      int index = 0;
      for (Map.Entry<String, LevelUnderTest> entry : levels.entrySet()) {
        JsonNode want = period.get("want").get(entry.getKey());
        LevelUnderTest level = entry.getValue();
        level.current = got.limits().get(index++);
        assertThat(level.current)
            .as(where + " limit of " + entry.getKey())
            .isEqualTo(want.get("currentCL").intValue());
        assertClose(
            where + " smoothed demand of " + entry.getKey(),
            level.stats.smoothed(),
            want.get("seatDemandSmoothed").doubleValue(),
            1e-9);
      }
    }
  }

  private static void assertClose(String what, double got, double want, double relative) {
    assertThat(got).as(what).isCloseTo(want, within(1e-12 + relative * Math.abs(want)));
  }

  /** A level fed by its own integrator, as at run time. */
  private static final class LevelUnderTest {
    private final int nominal;
    private final int min;
    private final int max;
    private final SeatDemandIntegrator integrator = new SeatDemandIntegrator(0);
    private int current;
    private SeatDemandStats stats = SeatDemandStats.NONE;

    LevelUnderTest(JsonNode initial) {
      nominal = initial.get("nominalCL").intValue();
      min = initial.get("minCL").intValue();
      max = initial.get("maxCL").intValue();
      current = initial.get("currentCL").intValue();
    }

    void demandOver(String where, String name, JsonNode period, long startNanos) {
      for (JsonNode sample : period.path("samples").path(name)) {
        integrator.set(
            startNanos + sample.get(0).longValue() * 1_000_000, sample.get(1).doubleValue());
      }
      SeatDemand got =
          integrator.reset(startNanos + period.get("durationMs").longValue() * 1_000_000);
      JsonNode want = period.get("demand").get(name);
      assertThat(got.max()).as(where + " maximum").isEqualTo(want.get("high").doubleValue());
      assertThat(got.average())
          .as(where + " average")
          .satisfies(average -> assertNear(average, want.get("avg")));
      assertThat(got.deviation())
          .as(where + " deviation")
          .satisfies(deviation -> assertNear(deviation, want.get("stdDev")));
      stats = stats.after(got);
    }

    LimitAdjustment.Level before(boolean exempt) {
      return new LimitAdjustment.Level(exempt, nominal, min, max, current, stats);
    }

    private static void assertNear(double got, JsonNode want) {
      if (want.isNull()) {
        assertThat(got).isNaN();
      } else {
        assertThat(got).isCloseTo(want.doubleValue(), within(1e-9 * (1 + want.doubleValue())));
      }
    }
  }
}
