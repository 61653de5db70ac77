package io.apfproxy.replay.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.apfproxy.replay.figures.Amount;
import io.apfproxy.replay.figures.Counts;
import io.apfproxy.replay.figures.FlowRow;
import io.apfproxy.replay.figures.LevelRow;
import io.apfproxy.replay.figures.Move;
import io.apfproxy.replay.figures.Outcome;
import io.apfproxy.replay.figures.Report;
import io.apfproxy.replay.figures.Series;
import io.apfproxy.replay.figures.ThrottledRow;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The same facts in three forms. */
@Tag("V-54")
class ReplayReportTest {
  private static final String HOSTILE = "<img src=x onerror=alert(1)>\"'&\u202e\u0007";
  private static final Counts FEW =
      new Counts(100, 10, 0, 1_200_000_000, 4_000_000_000L, 3, 0, 1, 2, 12.5);
  private static final Counts MANY =
      new Counts(100, 90, 250_000, 15_000_000, 15_300_000, 0, 0, 0, 0, 40);

  private static Series series(int points) {
    return new Series(
        1,
        IntStream.range(0, points).mapToDouble(i -> i % 7).toArray(),
        IntStream.range(0, points).mapToDouble(i -> 7).toArray(),
        new double[points],
        IntStream.range(0, points).mapToDouble(i -> i / 1000.0).toArray());
  }

  private static Outcome outcome(String flow, Counts counts, int levels, int points) {
    return new Outcome(
        60,
        points,
        IntStream.range(0, levels)
            .mapToObj(
                i -> new LevelRow("level-" + i, false, 10, counts, 3.25, 9, 11, 4, series(points)))
            .toList(),
        List.of(new FlowRow("level-0", "schema", "", counts)),
        List.of(new FlowRow("level-0", "schema", flow, counts)),
        Map.of("user", List.of(new ThrottledRow(flow, 10, 4, 1))));
  }

  private static Report report(String flow, boolean compared, int levels, int points) {
    return new Report(
        "test " + flow,
        90,
        30,
        List.of(new Amount("events read", 123), new Amount("excluded: 401", 1)),
        List.of("take care of " + flow),
        compared ? outcome(flow, MANY, levels, points) : null,
        outcome(flow, FEW, levels, points),
        compared ? List.of(new Move("global-default", "schema", 7)) : List.of());
  }

  @Test
  void isATextForPeople() {
    assertThat(TextReport.of(report("alice", true, 1, 3), 20))
        .isEqualTo(
            """
            test alice: 1m30s in virtual time, without the first 30s
            seats 60 old, 60 new
            events read 123, excluded: 401 1
            caution: take care of alice

            LEVEL         REQUESTS  WAITED    P50   P99   MAX  REFUSED  SEATS  PEAK  NOMINAL  LIMIT  BORROWED  WHY REFUSED
            level-0  old       100   90.0%  250us  15ms  15ms        0    3.3     9       10   11.0         4  -
                     new       100   10.0%      0  1.2s    4s        4    3.3     9       10   11.0         4  queue-full 3, time-out 1, came again 2

            LEVEL    SCHEMA       REQUESTS  WAITED    P50   P99   MAX  REFUSED  SEAT-SECONDS
            level-0  schema  old       100   90.0%  250us  15ms  15ms        0          40.0
                             new       100   10.0%      0  1.2s    4s        4          12.5

            flows that change most, 20 at most:
            LEVEL    SCHEMA  FLOW        REQUESTS  WAITED    P50   P99   MAX  REFUSED  SEAT-SECONDS
            level-0  schema  alice  old       100   90.0%  250us  15ms  15ms        0          40.0
                                    new       100   10.0%      0  1.2s    4s        4          12.5

            throttled under the new one, by user:
            USER   WAITED  REFUSED
            alice     ~10       ~4

            go elsewhere:
            OLD SCHEMA      NEW SCHEMA  REQUESTS
            global-default  schema             7
            """);
  }

  @Test
  void isJsonForPrograms() throws Exception {
    JsonNode json = new ObjectMapper().readTree(JsonReport.of(report("alice", true, 1, 3), 20));
    assertThat(json.path("version").asInt()).isEqualTo(1);
    assertThat(json.path("amounts").path("events read").asInt()).isEqualTo(123);
    JsonNode level = json.path("new").path("levels").path(0);
    assertThat(level.path("waitP99").asDouble()).isEqualTo(1.2);
    assertThat(level.path("refused").path("queue-full").asInt()).isEqualTo(3);
    assertThat(level.path("series").path("waitP99").path(2).asDouble()).isEqualTo(0.002);
    assertThat(json.path("flows").path(0).path("old").path("waited").asInt()).isEqualTo(90);
    assertThat(json.path("moves").path(0).path("requests").asInt()).isEqualTo(7);
  }

  @Test
  @Tag("V-55")
  void isAPageThatAsksNobodyForAnything() {
    String page = HtmlReport.of(List.of(report(HOSTILE, true, 2, 600)), 20);
    assertThat(page)
        .contains("content=\"default-src 'none'; style-src 'unsafe-inline'\"")
        .contains("&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;\\u202e\\u0007")
        .doesNotContain("<img")
        .doesNotContain("<script")
        .doesNotContain("http:")
        .doesNotContain("https:")
        .doesNotContain("url(")
        .doesNotContain(" style=")
        .doesNotContain("\u202e");
  }

  /** They may come from a line that is no event. */
  @Test
  void isATextThatDoesNothingToATerminal() {
    assertThat(TextReport.of(report(HOSTILE, true, 1, 3), 20)).doesNotContain("\u202e", "\u0007");
  }

  /** Of 1,201 points of a second each three are one, the last of which is the last alone. */
  @Test
  @Tag("V-55")
  void saysOfEachPointWhenItBegins() {
    assertThat(HtmlReport.of(List.of(report("alice", false, 1, 1_201)), 20))
        .contains("<tr><td>0<td>", "<tr><td>3<td>", "<tr><td>1200<td>");
  }

  /** Each figure of the tables in JSON stands on the page too. */
  @Test
  @Tag("V-55")
  void isAPageOfTheSameFactsAsJson() throws Exception {
    Report report = report("alice", true, 1, 3);
    String page = HtmlReport.of(List.of(report), 20);
    JsonNode json = new ObjectMapper().readTree(JsonReport.of(report, 20));

    for (String side : List.of("old", "new")) {
      JsonNode level = json.path(side).path("levels").path(0);
      assertThat(page)
          .contains(
              "<td>level-0</td><td>"
                  + level.path("requests").asText()
                  + "</td><td>"
                  + level.path("waited").asText()
                  + "</td>");
    }
    for (JsonNode point : json.path("new").path("levels").path(0).path("series").path("waitP99")) {
      assertThat(page).contains("<td>" + Picture.number(point.asDouble()));
    }
    assertThat(page)
        .contains("<td>global-default</td><td>schema</td><td>7</td>")
        .contains("<td>excluded: 401</td><td>1</td>")
        .contains("<td>alice</td><td>10</td><td>4</td><td>1</td>");
  }

  @Test
  @Tag("V-55")
  void isAPageOfAtMostTwoMegabytesWithFiftyLevels() {
    assertThat(HtmlReport.of(List.of(report("alice", true, 50, 600)), 1_000).length())
        .isLessThan(2_000_000);
  }

  @Test
  void isTheSameWithoutComparison() {
    assertThat(TextReport.of(report("alice", false, 1, 3), 20))
        .contains("seats 60\n")
        .contains("flows most throttled")
        .doesNotContain(" old ");
  }
}
