package io.apfproxy.work;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.request.RecordedRequests;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The edges that the recordings do not touch. */
class WorkEstimatorTest {
  @ParameterizedTest
  @CsvSource({"1, 1", "100000, 1", "100001, 2", "200000, 2", "200001, 3"})
  void takesASeatForEach100000BytesBegun(long bytes, int seats) {
    WorkEstimator estimator =
        new WorkEstimator(
            key -> new ObjectReading(ObjectReading.State.FRESH, 1, bytes), info -> 0, true);

    WorkEstimate work = estimator.estimate(RecordedRequests.info("GET", "/api/v1/pods"), "", 0);

    assertThat(work.initialSeats()).isEqualTo(seats);
  }

  @Test
  void takesAnyNumberOfWatchers() {
    WorkEstimator estimator =
        new WorkEstimator(key -> ObjectReading.STALE, info -> Integer.MAX_VALUE, true);

    WorkEstimate work = estimator.estimate(RecordedRequests.info("PUT", "/api/v1/nodes/n"), "", 10);

    assertThat(work).isEqualTo(new WorkEstimate(1, 10, 107_374_182_500_000L));
  }
}
