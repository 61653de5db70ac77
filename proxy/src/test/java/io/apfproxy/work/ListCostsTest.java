package io.apfproxy.work;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.time.ManualTime;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists as wide as such answers were heavy. Source: specification security.md S59. */
@Tag("S59")
class ListCostsTest {
  private static final String WIDGETS = "/apis/example.com/v1/namespaces/a/widgets";

  private final ManualTime time = new ManualTime();
  private final ObjectStatistics objects = ObjectStatistics.learned(time);
  private final ListCosts costs = new ListCosts(time, true);
  private final WorkEstimator estimator = new WorkEstimator(objects, info -> 0, costs, true);

  private int width(String url) {
    var digest = Requests.get(url);
    return estimator.estimate(digest.info(), digest.query(), 0).initialSeats();
  }

  /** An answer of so many bytes passes. */
  private void pass(String url, int bytes) {
    costs.learn(Objects.requireNonNull(costs.due(Requests.get(url)), "not to be weighed"), bytes);
    time.advance(ListCosts.INTERVAL);
  }

  @ParameterizedTest
  @CsvSource({"100000, 1", "100001, 2", "950000, 10", "2500000, 25", "20000000, 100"})
  void takesASeatForEach100000BytesOfSuchAnAnswer(int bytes, int seats) {
    pass(WIDGETS, bytes);

    assertThat(width(WIDGETS)).isEqualTo(seats);
  }

  @Test
  void countsAHeavierAnswerAtOnceAndALighterOneByAQuarter() {
    pass(WIDGETS, 400_000);
    pass(WIDGETS, 800_000);
    assertThat(width(WIDGETS)).isEqualTo(8);

    pass(WIDGETS, 400_000);
    assertThat(width(WIDGETS)).isEqualTo(7);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/apis/example.com/v1/namespaces/b/widgets",
        WIDGETS + "?limit=1",
        WIDGETS + "?labelSelector=a",
        WIDGETS + "?fieldSelector=spec.a%3Db",
        WIDGETS + "?fieldSelector=metadata.name%3Dw",
        WIDGETS + "?continue=abc",
        WIDGETS + "?resourceVersion=5&resourceVersionMatch=Exact",
      })
  void learnsNothingForOneWayToAskFromAnother(String other) {
    pass(other, 100_000);
    pass(WIDGETS, 900_000);
    pass(other, 100_000);

    assertThat(width(WIDGETS)).isEqualTo(9);
    assertThat(width(other)).isOne();
  }

  @Test
  void widensAWatchThatBeginsWithTheSameList() {
    pass(WIDGETS, 900_000);

    assertThat(width(WIDGETS + "?watch=true")).isEqualTo(9);
    assertThat(width(WIDGETS + "?watch=true&resourceVersion=7")).isOne();
  }

  @Test
  void countsAsKubeApiserverDoesWhereNoSuchAnswerWasSeen() {
    objects.set("widgets.example.com", 1_000, 500);

    assertThat(width(WIDGETS)).isEqualTo(5);
  }

  @Test
  void forgetsAfterAnHour() {
    pass(WIDGETS, 900_000);
    time.advance(Duration.ofHours(1));

    assertThat(width(WIDGETS)).isOne();
  }

  /** Whoever thinks of ever new ways to ask takes nothing away from who asks as always. */
  @Test
  void isNotFilledUpByWaysThatNobodyAsksAgain() {
    pass(WIDGETS, 900_000);
    for (int i = 0; i < 10 * ListCosts.MOST; i++) {
      costs.isDue(way("/apis/example.com/v1/namespaces/no-" + i + "/widgets"));
      if (i % 1_000 == 0) {
        time.advance(ListCosts.INTERVAL);
        assertThat(costs.isDue(way(WIDGETS))).isTrue();
      }
    }

    assertThat(width(WIDGETS)).isEqualTo(9);
    assertThat(costs.size()).isLessThanOrEqualTo(ListCosts.MOST);
    String another = "/apis/example.com/v1/namespaces/late/widgets";
    pass(another, 500_000);
    assertThat(width(another)).isEqualTo(5);
  }

  @Test
  void knowsNoMoreLimitsThanThereArePowersOfTwo() {
    pass(WIDGETS + "?limit=500", 300_000);

    assertThat(width(WIDGETS + "?limit=512")).isEqualTo(3);
    assertThat(way(WIDGETS + "?limit=9223372036854775807").limit()).isEqualTo(1L << 62);
    for (int limit = 1; limit <= 1_000_000; limit++) {
      costs.isDue(way(WIDGETS + "?limit=" + limit));
    }
    assertThat(costs.size()).isEqualTo(21);
  }

  private ListCosts.Way way(String url) {
    var digest = Requests.get(url);
    return costs.way(digest.info(), ListQuery.of(digest.query()), false);
  }
}
