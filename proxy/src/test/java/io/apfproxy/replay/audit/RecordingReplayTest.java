package io.apfproxy.replay.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.cli.ProxyOptions.ListCost;
import io.apfproxy.replay.Terms;
import io.apfproxy.replay.figures.Report;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Recordings of the proxy's own before a configuration. */
class RecordingReplayTest extends ReplayFixture {
  private static final String PODS = "/api/v1/pods?limit=500";
  private static final String HELD = "\"apf-proxy.io/held\":\"1s\"";

  private static String recorded(String more) {
    return "\"apf-proxy.io/bytes\":\"0\"" + (more.isEmpty() ? "" : "," + more);
  }

  private static String placed(String more) {
    return recorded("\"apf-proxy.io/level\":\"only\"," + more);
  }

  /**
   * Three lists: one that says how many objects it was of, one that says what it weighed as well,
   * and another.
   */
  private String lists(String another) throws Exception {
    String objects = HELD + ",\"apf-proxy.io/objects\":\"9000/1000\"";
    String learned = objects + ",\"apf-proxy.io/learned-bytes\":\"300000\"";
    return file(
        "a.jsonl",
        Events.event("objects").asks("list", PODS).at(0).annotations(placed(objects)),
        Events.event("learned").asks("list", PODS).at(10).annotations(placed(learned)),
        Events.event("another").asks("list", PODS).at(20).annotations(placed(another)));
  }

  @Test
  @Tag("V-56")
  void takesFromARecordingWhatItSays() throws Exception {
    String held = "\"apf-proxy.io/wait\":\"100ms\",\"apf-proxy.io/held\":\"300ms\"";
    Report report =
        replay(
            file(
                "a.jsonl",
                Events.event("slow reader").at(0).took(9).annotations(placed(held)),
                Events.event("upstream's 429").at(1).code(429).annotations(placed(held)),
                Events.event("upstream's 401").at(2).code(401).annotations(placed(held)),
                Events.event("ours")
                    .at(3)
                    .code(429)
                    .annotations(placed("\"apf-proxy.io/refused\":\"queue-full\"")),
                Events.event("of the classic limits")
                    .at(4)
                    .code(429)
                    .annotations(recorded("\"apf-proxy.io/refused\":\"concurrency-limit\"")),
                Events.event("of a rate limit")
                    .at(5)
                    .code(429)
                    .annotations(recorded("\"apf-proxy.io/refused\":\"rate-limit\"")),
                Events.event("left before").at(6).code(0).annotations(recorded("")),
                Events.event("unknown").at(7).code(401).annotations(recorded(""))));
    assertThat(amounts(report))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "events read", 8L,
                "simulated", 5L,
                "excluded: ended before flow control", 2L,
                "excluded: 401", 1L));
    // the two that flow control refused are served like the others of their kind
    assertThat(counts(report).seatSeconds()).isBetween(5 * 0.297, 5 * 0.303);
    assertThat(report.cautions())
        .containsExactly(
            "40.0% of the requests were refused by flow control when this was recorded: demand is"
                + " overstated by retries");
  }

  @Test
  @Tag("V-56")
  void letsAClientThatLeftItsQueueLeaveAgain() throws Exception {
    Report report =
        replay(
            file(
                "a.jsonl",
                Events.event("first").at(0).took(10),
                Events.event("leaves").at(1).took(2).code(0).annotations(placed("\"x\":\"y\"")),
                Events.event("stays").at(2).took(1)));
    assertThat(counts(report).requests()).isEqualTo(3);
    assertThat(counts(report).refused()).isEqualTo(1);
    assertThat(counts(report).waitMax()).isEqualTo(8_000_000_000L);
    assertThat(counts(report).seatSeconds()).isEqualTo(11);
  }

  @Test
  @Tag("V-49")
  @Tag("V-56")
  void makesListsAsWideAsTheyWereUnlessItIsToldOtherwise() throws Exception {
    String log = lists(HELD + ",\"apf-proxy.io/objects\":\"9/-1\"");
    seats = 1_000; // a request may be as wide as a part of its level
    Report report = replay(log);
    assertThat(counts(report).seatSeconds()).isEqualTo(5 + 3 + 1);
    assertThat(report.cautions()).hasSize(1).allMatch(line -> line.startsWith("1 lists, "));

    objects.put("pods", new Terms.Stored(500, 1_400));
    assertThat(counts(replay(log)).seatSeconds()).as("--objects wins").isEqualTo(7 + 7 + 7);
  }

  /** The same lists under each {@code --list-cost}, then with {@code --objects}. */
  @ParameterizedTest
  @CsvSource(
      nullValues = "as recorded",
      value = {
        "as recorded, 9, 21, 0",
        "COMPATIBLE, 11, 21, 0",
        "LEARNED, 9, 17, 1",
      })
  @Tag("V-53")
  void makesListsAsWideAsIsAskedFor(
      @Nullable ListCost asked, double alone, double withObjects, int cautions) throws Exception {
    String log = lists(HELD);
    seats = 1_000;
    listCost = asked;
    Report report = replay(log);
    assertThat(counts(report).seatSeconds()).isEqualTo(alone);
    assertThat(report.cautions())
        .filteredOn(line -> line.contains("--list-cost"))
        .hasSize(cautions)
        .allMatch(
            line ->
                line.equals(
                    "1 lists, 33.3% of the time served, are as wide as their objects make them, as"
                        + " the log does not say what such lists weighed: --list-cost"));

    objects.put("pods", new Terms.Stored(500, 1_400));
    assertThat(counts(replay(log)).seatSeconds()).isEqualTo(withObjects);
  }
}
