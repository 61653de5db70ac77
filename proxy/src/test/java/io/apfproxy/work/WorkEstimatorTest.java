package io.apfproxy.work;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.request.RecordedRequests;
import io.apfproxy.request.RequestInfo;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
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

  private static List<String> asked() {
    return List.of(
        "GET /api/v1/pods",
        "GET /api/v1/pods?limit=10",
        "GET /api/v1/pods?limit=x",
        "GET /api/v1/pods?resourceVersion=7&limit=3000",
        "GET /api/v1/pods?labelSelector=a&resourceVersion=7&resourceVersionMatch=Exact",
        "GET /api/v1/namespaces/n/pods?fieldSelector=metadata.name%3Da",
        "GET /api/v1/pods?watch=1",
        "GET /api/v1/pods?watch=1&resourceVersion=7",
        "GET /api/v1/pods?watch=1&resourceVersion=7&sendInitialEvents=true",
        "GET /api/v1/namespaces/n/pods/a",
        "PUT /api/v1/namespaces/n/pods/a",
        "POST /api/v1/namespaces/n/serviceaccounts/a/token",
        "GET /healthz");
  }

  /** At another time, when nothing of it is known any more, and under other levels. */
  @Test
  @Tag("V-56")
  void estimatesTheSameFromWhatItKnewThen() {
    WorkEstimator forgotten =
        new WorkEstimator(key -> ObjectReading.NOT_TRACKED, info -> 0, null, true);
    List<ObjectReading> readings =
        List.of(
            ObjectReading.NOT_TRACKED,
            ObjectReading.STALE,
            new ObjectReading(ObjectReading.State.FRESH, 5_000, 1_000),
            new ObjectReading(ObjectReading.State.FRESH, 100, 0));
    Set<Integer> widths = new TreeSet<>();
    for (ObjectReading reading : readings) {
      for (int watchers : new int[] {0, 9, 10, 1_000}) {
        for (long weight : new long[] {ListWeights.UNKNOWN, 0, 640_000}) {
          WorkEstimator then =
              new WorkEstimator(
                  key -> reading, info -> watchers, (info, query, watch) -> weight, true);
          for (String asked : asked()) {
            String url = asked.substring(asked.indexOf(' ') + 1);
            RequestInfo info = RecordedRequests.info(asked.substring(0, asked.indexOf(' ')), url);
            String query = RecordedRequests.query(url);
            WorkInputs inputs = then.inputs(info, query);
            assertThat(inputs.objects().state()).isNotEqualTo(ObjectReading.State.STALE);
            for (int most : new int[] {0, 4}) {
              WorkEstimate estimate = then.estimate(info, query, most);
              assertThat(forgotten.estimate(info, query, most, inputs))
                  .as("%s with %s, %d, %d", asked, reading, watchers, weight)
                  .isEqualTo(estimate);
              widths.add(estimate.maxSeats());
            }
          }
        }
      }
    }
    assertThat(widths).hasSizeGreaterThan(5);
  }

  @Test
  void takesAnyNumberOfWatchers() {
    WorkEstimator estimator =
        new WorkEstimator(key -> ObjectReading.STALE, info -> Integer.MAX_VALUE, true);

    WorkEstimate work = estimator.estimate(RecordedRequests.info("PUT", "/api/v1/nodes/n"), "", 10);

    assertThat(work).isEqualTo(new WorkEstimate(1, 10, 107_374_182_500_000L));
  }
}
