package io.apfproxy.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.report.talkers.Measure;
import io.apfproxy.report.talkers.TopAnswer;
import io.apfproxy.report.talkers.TopAnswer.Cell;
import io.apfproxy.report.talkers.TopAnswer.Row;
import io.apfproxy.report.talkers.TopQuestion;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Specification seeing.md V-05, V-19 to V-21. */
class TopTableTest {
  private static final TopQuestion QUESTION = TopQuestion.of("user", "1m", "requests", "20");
  private static final long NOON = 1_790_000_000_000L;

  private static Row row(String key, double scale, double error, Map<String, Cell> refusedBy) {
    Map<Measure, Cell> cells = new EnumMap<>(Measure.class);
    cells.put(Measure.REQUESTS, new Cell(6_000 * scale, error));
    cells.put(
        Measure.REFUSED,
        new Cell(refusedBy.values().stream().mapToDouble(Cell::value).sum(), error));
    cells.put(Measure.WAIT, new Cell(72 * scale, 0));
    cells.put(Measure.SEAT_SECONDS, new Cell(1_410 * scale, 0));
    cells.put(Measure.BYTES, new Cell(6e8 * scale * scale, 0));
    return new Row(key, cells, refusedBy, true);
  }

  private static TopAnswer answer(double seconds, double absent, List<Row> rows) {
    Map<Measure, Double> total = new EnumMap<>(Measure.class);
    Map<Measure, Double> none = new EnumMap<>(Measure.class);
    for (Measure measure : Measure.values()) {
      total.put(measure, rows.stream().mapToDouble(row -> row.of(measure).value()).sum());
      none.put(measure, absent);
    }
    return new TopAnswer(
        QUESTION, NOON - Math.round(seconds * 1e3), NOON, seconds, 256, 3, total, none, rows);
  }

  private static final TopAnswer SOME =
      answer(
          60,
          0,
          List.of(
              row(
                  "system:serviceaccount:ci:elephant-in-the-room",
                  1,
                  0,
                  Map.of(
                      "queue-full", new Cell(2_400, 0),
                      "time-out", new Cell(60, 0),
                      "rate-limit", new Cell(61, 0))),
              row("system:node:a", 0.01, 2, Map.of()),
              row("大象", 0.000_01, 3, Map.of("queue-full", new Cell(1, 3)))));

  @Test
  void isAsItShouldLook() {
    assertThat(TopTable.of(SOME))
        .isEqualTo(
            """
            14:13:20 UTC, 60 s: 101 req/s, 23.7 seats, 9.5MiB/s, 42.0 refused/s, lost 3
            USER                                           REQ/S  SEATS   WAIT  BYTES/S  REFUSED/S  WHY
            system:serviceaccount:ci:elephant-in-the-room    100   23.5   12ms    9.5Mi       42.0  queue-full, rate-limit
            system:node:a                                   1.00   0.24   12ms     1000         ~0  -
            大象                                             ~0.00   0.00  ~12ms        0      ~0.02  queue-full
            """);
  }

  @Test
  void saysWhatWouldHaveBeenWhereALevelHoldsNotAllToItsDecisions() {
    Map<Measure, Cell> cells = new EnumMap<>(SOME.rows().get(0).cells());
    cells.put(Measure.WOULD_WAIT, new Cell(720, 0));
    cells.put(Measure.WOULD_REFUSE, new Cell(30, 3));
    TopAnswer shadow = answer(60, 0, List.of(new Row("a", cells, Map.of(), true)));

    assertThat(TopTable.of(shadow).lines().skip(1))
        .containsExactly(
            "USER  REQ/S  SEATS  WAIT  BYTES/S  WOULD-WAIT  WOULD-REFUSE/S  REFUSED/S  WHY",
            "a       100   23.5  12ms    9.5Mi       120ms           ~0.50       42.0  -");
    assertThat(TopTable.of(TopJson.read(QUESTION, TopJson.write(shadow))))
        .isEqualTo(TopTable.of(shadow));
  }

  @Test
  void keysAreCutInTheMiddleWhereTheTerminalIsNarrow() {
    String narrow = TopTable.of(SOME, 80);

    assertThat(narrow.lines().skip(1))
        .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(80));
    assertThat(narrow).contains("\nsystem:…he-room  ");
    assertThat(TopTable.of(SOME, 10).lines().toList().get(2)).startsWith("system…-room  ");
  }

  @Test
  void jsonIsReadAsItWasWritten() {
    String json = TopJson.write(SOME);

    assertThat(TopJson.write(TopJson.read(QUESTION, json))).isEqualTo(json);
    assertThat(json)
        .startsWith(
            "{\"version\":1,\"by\":\"user\",\"window\":\"1m\",\"sort\":\"requests\","
                + "\"from\":\"2026-09-21T14:12:20Z\",\"until\":\"2026-09-21T14:13:20Z\","
                + "\"seconds\":60,\"counters\":256,\"lost\":3,\"total\":{\"requests\":6060.06,")
        .contains("{\"key\":\"system:node:a\",\"requests\":{\"value\":60,\"error\":2},")
        .contains("\"refusedBy\":{\"queue-full\":{\"value\":1,\"error\":3}},\"certain\":true}");
  }

  @Test
  void theSumOfProxiesKeepsTheBounds() {
    Random random = new Random(4);
    for (int run = 0; run < 500; run++) {
      int keys = 1 + random.nextInt(12);
      int proxies = 1 + random.nextInt(4);
      double[] truth = new double[keys];
      List<TopAnswer> answers =
          IntStream.range(0, proxies).mapToObj(i -> oneOf(random, truth)).toList();

      TopAnswer sum = TopSum.of(QUESTION, answers);

      assertThat(sum.lost()).isEqualTo(3L * proxies);
      double before = Double.MAX_VALUE;
      for (Row row : sum.rows()) {
        Cell cell = row.of(Measure.REQUESTS);
        assertThat(truth[Integer.parseInt(row.key())])
            .isBetween(cell.value() - 1e-6, cell.value() + cell.error() + 1e-6);
        assertThat(cell.value()).isLessThanOrEqualTo(before);
        before = cell.value();
      }
      for (int key = 0; key < keys; key++) {
        String name = Integer.toString(key);
        if (sum.rows().stream().noneMatch(row -> row.key().equals(name))) {
          assertThat(truth[key]).isLessThanOrEqualTo(sum.absent().get(Measure.REQUESTS) + 1e-6);
        }
      }
    }
  }

  /** Of a proxy that knows some keys, and of others that they have at most 5 requests. */
  private static TopAnswer oneOf(Random random, double[] truth) {
    double absent = 5;
    List<Row> rows = new java.util.ArrayList<>();
    for (int key = 0; key < truth.length; key++) {
      double has = random.nextInt(20);
      truth[key] += has;
      if (has > absent || random.nextBoolean()) {
        double error = Math.min(has, random.nextInt(4));
        Map<Measure, Cell> cells = new EnumMap<>(Measure.class);
        cells.put(Measure.REQUESTS, new Cell(has - error, error));
        rows.add(new Row(Integer.toString(key), cells, Map.of(), false));
      }
    }
    return answer(60, absent, rows);
  }

  @Test
  void longerAndShorterWindowsAreBroughtToOne() {
    Row minute = row("ann", 1, 0, Map.of());

    TopAnswer sum =
        TopSum.of(
            QUESTION, List.of(answer(60, 0, List.of(minute)), answer(66, 0, List.of(minute))));

    assertThat(sum.seconds()).isEqualTo(66);
    assertThat(sum.rows().get(0).of(Measure.REQUESTS).value()).isEqualTo(6_600 + 6_000);
  }
}
