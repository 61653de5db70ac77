package io.apfproxy.work;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.time.TimeSource;
import io.apfproxy.vectors.VectorFiles;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class WorkEstimateVectorTest {
  @TestFactory
  Stream<DynamicTest> estimatesTheSeatsThatTheReferenceEstimates() {
    return VectorFiles.tests("work-estimate.jsonl", WorkEstimateVectorTest::check);
  }

  private static void check(JsonNode testCase) {
    WorkEstimator estimator =
        new WorkEstimator(
            objects(testCase.path("objectCounts")),
            info -> testCase.path("watchCount").intValue(),
            testCase.path("consistentReadSupported").booleanValue());
    RequestDigest digest =
        Requests.of(testCase.path("method").textValue(), testCase.path("url").textValue());
    boolean unknown = testCase.path("noRequestInfo").booleanValue();

    WorkEstimate estimate =
        estimator.estimate(
            unknown ? null : digest.info(), digest.query(), testCase.path("maxSeats").longValue());

    JsonNode want = testCase.path("want");
    assertThat(estimate)
        .isEqualTo(
            new WorkEstimate(
                want.path("initialSeats").intValue(),
                want.path("finalSeats").intValue(),
                want.path("additionalLatencyNs").longValue()));
    if (testCase.has("wantStatsKey")) {
      assertThat(ObjectStatistics.key(digest.info()))
          .isEqualTo(testCase.path("wantStatsKey").textValue());
    }
  }

  /** Statistics that were set at the ages given. */
  private static ObjectReader objects(JsonNode counts) {
    long[] now = new long[1];
    ObjectStatistics statistics = ObjectStatistics.polled(clock(now));
    for (Map.Entry<String, JsonNode> entry : counts.properties()) {
      JsonNode known = entry.getValue();
      now[0] = -known.path("ageMs").longValue() * 1_000_000;
      statistics.set(
          entry.getKey(), known.path("count").longValue(), known.path("avgSize").longValue());
    }
    now[0] = 0;
    return key ->
        counts.path(key).path("getError").booleanValue()
            ? ObjectReading.STALE
            : statistics.read(key);
  }

  private static TimeSource clock(long[] now) {
    return new TimeSource() {
      @Override
      public long nanoTime() {
        return now[0];
      }

      @Override
      public long epochMillis() {
        return now[0] / 1_000_000;
      }
    };
  }
}
