package io.apfproxy.report.talkers;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.report.HeaviestFlow;
import io.apfproxy.report.Reporter;
import io.apfproxy.report.talkers.TopAnswer.Row;
import io.apfproxy.time.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Virtual time. Specification seeing.md V-12 to V-17, V-22. */
class TalkerPanesTest {
  private static final Duration TURN = Duration.ofMillis(Talkers.PERIOD_MILLIS);
  private static final int COUNTERS = 256;

  private final ManualTime time = new ManualTime();
  private final Talkers talkers = new Talkers(COUNTERS, time);
  private final Reporter loop = talkers.reporter().ofLoop();

  private void turn() {
    time.advance(TURN);
    loop.tick();
    loop.tick();
    talkers.turn();
    talkers.answer();
  }

  private TopAnswer ask(String by, String window, String sort) {
    var answer = talkers.ask(TopQuestion.of(by, window, sort, "1000"));
    talkers.answer();
    return answer.join();
  }

  private Talk talk(String user) {
    return Talk.of(time.nanoTime(), user, "GET", "/api/v1/namespaces/shop/pods", "kubectl/v1.37");
  }

  private void end(Talk talk) {
    loop.ended(talk.ended(time.nanoTime()));
  }

  /** What happened when, by whom. */
  private record Event(long at, String user, long bytes) {}

  @Test
  void windowsSumUpWhatAnExactLogHas() {
    Random random = new Random(1);
    List<Event> log = new ArrayList<>();
    for (int turns = 0; turns < 800 * 20; turns++) {
      if (random.nextInt(4) == 0) {
        Event event =
            new Event(time.nanoTime(), "user-" + random.nextInt(200), random.nextInt(1_000));
        log.add(event);
        end(talk(event.user()).moved(0, event.bytes()));
      }
      turn();
      if (turns % 313 == 312) {
        check("10s", 10, 10, log);
        check("1m", 60, 68, log);
        check("10m", 600, 668, log);
      }
    }
  }

  private void check(String name, int least, int most, List<Event> log) {
    TopAnswer answer = ask("user", name, "bytes");
    double until = seconds(answer.until());
    double from = seconds(answer.from());
    double now = seconds(time.epochMillis());
    double began = seconds(new ManualTime().epochMillis());
    assertThat(answer.seconds()).isEqualTo(until - from);
    assertThat(now - until).isBetween(0.0, 2.0);
    if (from > began) {
      assertThat(answer.seconds()).isBetween((double) least, (double) most);
    } else {
      assertThat(answer.seconds()).isLessThanOrEqualTo(most);
    }
    Map<String, Long> exact = new HashMap<>();
    long sum = 0;
    for (Event event : log) {
      double at = began + event.at() / 1e9 + TURN.toMillis() / 1e3; // when it is read
      if (at >= from - 1e-6 && at < until - 1e-6) {
        exact.merge(event.user(), event.bytes(), Long::sum);
        sum += event.bytes();
      }
    }
    assertThat(answer.total().get(Measure.BYTES)).isEqualTo((double) sum);
    assertThat(answer.rows()).hasSameSizeAs(exact.keySet());
    double before = Double.MAX_VALUE;
    for (Row row : answer.rows()) {
      TopAnswer.Cell cell = row.of(Measure.BYTES);
      assertThat(cell.error()).isZero();
      assertThat(cell.value()).isEqualTo((double) exact.get(row.key())).isLessThanOrEqualTo(before);
      before = cell.value();
    }
  }

  private static double seconds(long millis) {
    return millis / 1_000.0;
  }

  @Test
  void oneBusyUserIsFoundAmongSixtyFiveThousandNodes() {
    int node = 0;
    for (int turns = 0; turns < 12 * 20; turns++) {
      for (int i = 0; i < 325; i++) {
        node = (node + 1) % 65_000;
        end(talk("system:node:ip-" + node).into("node-high", "nodes", "").held(0.01));
      }
      for (int i = 0; i < (turns % 2 == 0 ? 2 : 3); i++) {
        end(talk("elephant").into("global-default", "global-default", "elephant").held(0.5));
      }
      turn();
    }

    for (String sort : List.of("requests", "seat-seconds")) {
      TopAnswer answer = ask("user", "10s", sort);
      Row first = answer.rows().get(0);
      assertThat(first.key()).isEqualTo("elephant");
      Measure measure = Measure.of(sort).orElseThrow();
      double truth = measure == Measure.REQUESTS ? 500 : 250;
      assertThat(truth)
          .isBetween(
              first.of(measure).value(), first.of(measure).value() + first.of(measure).error());
      assertThat(answer.total().get(Measure.REQUESTS)).isEqualTo(65_500);
    }
    HeaviestFlow.Flow heaviest = talkers.heaviest().heaviest("global-default");
    assertThat(heaviest).isEqualTo(new HeaviestFlow.Flow("global-default", "elephant", 25));
    assertThat(talkers.heaviest().heaviest("node-high").schema()).isEqualTo("nodes");
    assertThat(talkers.heaviest().heaviest("exempt")).isNull();
    assertThat(talkers.fullest(Dimension.USER)).isEqualTo(COUNTERS);
    assertThat(talkers.fullest(Dimension.FLOW)).isEqualTo(2);
  }

  @Test
  void aWatchIsCountedAtItsStartAndItsBytesAsTheyCome() {
    Talk watch = Talk.of(0, "ann", "GET", "/api/v1/pods?watch=1", "kubectl").into("l", "s", "");
    loop.answered(watch.waited(3_000).held(0.5).moved(0, 100).answered(200, time.nanoTime()));
    for (int turns = 0; turns < 60 * 20; turns++) {
      watch.moved(0, 100 + turns);
      turn();
    }
    TopAnswer minute = ask("what", "1m", "requests");
    TopAnswer lately = ask("what", "10s", "bytes");
    watch.moved(0, 5_000);
    end(watch);
    for (int turns = 0; turns < 3 * 20; turns++) {
      turn();
    }
    TopAnswer after = ask("what", "10s", "bytes");

    Row row = minute.rows().get(0);
    assertThat(row.key()).isEqualTo("watch pods");
    assertThat(row.of(Measure.REQUESTS).value()).isEqualTo(1);
    assertThat(row.of(Measure.WAIT).value()).isEqualTo(3);
    assertThat(row.of(Measure.SEAT_SECONDS).value()).isEqualTo(0.5);
    assertThat(row.of(Measure.BYTES).value()).isBetween(1_000.0, 1_300.0);
    assertThat(lately.total().get(Measure.REQUESTS)).isZero();
    assertThat(lately.total().get(Measure.BYTES)).isBetween(150.0, 450.0);
    assertThat(after.total().get(Measure.REQUESTS)).isZero();
    assertThat(after.total().get(Measure.BYTES)).isBetween(3_700.0, 4_500.0);
  }

  @Test
  void aRefusalIsCountedByItsRule() {
    end(talk("ann").into("l", "s", "ann").refused("queue-full"));
    end(talk("ann").into("l", "s", "ann").refused("queue-full"));
    end(talk("ann").refused("rate-limit"));
    end(talk("bob").waited(20).held(1));
    for (int i = 0; i < 20; i++) {
      end(talk("odd").refused("rule-" + i));
    }
    loop.ended(Talk.unread(time.nanoTime()).refused("duplicate-host").ended(time.nanoTime()));
    for (int turns = 0; turns < 3 * 20; turns++) {
      turn();
    }

    TopAnswer answer = ask("user", "10s", "refused");

    assertThat(answer.rows()).extracting(Row::key).containsExactly("odd", "ann", "-", "bob");
    Row ann = answer.rows().get(1);
    assertThat(ann.refusedBy().get("queue-full")).isEqualTo(new TopAnswer.Cell(2, 0));
    assertThat(ann.refusedBy().get("rate-limit")).isEqualTo(new TopAnswer.Cell(1, 0));
    Row odd = answer.rows().get(0);
    assertThat(odd.refusedBy()).hasSizeLessThanOrEqualTo(17).containsKey("other");
    assertThat(odd.refusedBy().values().stream().mapToDouble(TopAnswer.Cell::value).sum())
        .isEqualTo(20);
    assertThat(answer.rows().get(3).refusedBy()).isEmpty();
  }

  @Test
  void afterALongPauseNothingOldIsTold() {
    end(talk("ann"));
    turn();
    time.advance(Duration.ofHours(1));
    turn();
    end(talk("bob"));
    for (int turns = 0; turns < 3 * 20; turns++) {
      turn();
    }

    TopAnswer answer = ask("user", "10m", "requests");

    assertThat(answer.rows()).extracting(Row::key).containsExactly("bob");
    assertThat(answer.seconds()).isEqualTo(2);
  }

  @Test
  void whatFindsNoRoomIsLostAndSaid() {
    for (int i = 0; i < TalkerRing.SLOTS + 100; i++) {
      end(talk("ann"));
    }
    for (int turns = 0; turns < 3 * 20; turns++) {
      turn();
    }

    TopAnswer answer = ask("user", "10s", "requests");

    assertThat(answer.lost()).isEqualTo(100).isEqualTo(talkers.lost());
    assertThat(answer.total().get(Measure.REQUESTS)).isEqualTo(TalkerRing.SLOTS);
  }

  @Test
  void readingStopsWhenItsTimeIsUpAndGoesOnInTheNextTurn() {
    Talkers slow = new Talkers(COUNTERS, new SlowClock(time));
    Reporter slowLoop = slow.reporter().ofLoop();
    for (int i = 0; i < TalkerRing.SLOTS; i++) {
      slowLoop.ended(talk("ann").ended(time.nanoTime()));
    }
    slow.turn();
    slowLoop.ended(talk("ann").ended(time.nanoTime()));
    long room = slow.lost();
    for (int i = 0; i < TalkerRing.SLOTS; i++) {
      slowLoop.ended(talk("ann").ended(time.nanoTime()));
    }

    assertThat(room).isZero();
    assertThat(slow.lost()).isBetween(1L, TalkerRing.SLOTS - 1L);
  }

  /** On which each look takes a millisecond. */
  private record SlowClock(ManualTime time) implements io.apfproxy.time.TimeSource {
    @Override
    public long nanoTime() {
      time.advance(Duration.ofNanos(TimeUnit.MILLISECONDS.toNanos(1)));
      return time.nanoTime();
    }

    @Override
    public long epochMillis() {
      return time.epochMillis();
    }
  }

  @Test
  void tooManyQuestionsAreRefused() {
    TopQuestion question = TopQuestion.of(null, null, null, null);
    for (int i = 0; i < 64; i++) {
      assertThat(talkers.ask(question)).isNotDone();
    }
    assertThat(talkers.ask(question)).isCompletedExceptionally();
    talkers.answer();
    assertThat(talkers.ask(question)).isNotDone();
  }
}
