package io.apfproxy.replay.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.replay.figures.Report;
import io.apfproxy.replay.page.JsonReport;
import io.apfproxy.replay.page.TextReport;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** In whatever order a log is, and in however many files, it says the same. */
@Tag("V-50")
class ReplayOrderTest extends ReplayFixture {
  private static List<String> busyLog() {
    SplittableRandom random = new SplittableRandom(50);
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      Events event =
          Events.event("id-" + i)
              .by("user-" + random.nextInt(50), "system:authenticated")
              .at(random.nextInt(60_000) / 1000.0) // many at the same instant
              .took(random.nextInt(1, 400) / 1000.0);
      if (random.nextInt(10) == 0) {
        event.asks("watch", "/api/v1/pods?watch=1&x=" + i);
        lines.add(event.took(0.01).stage("ResponseStarted").toString());
        event.took(random.nextInt(1, 30)).stage("ResponseComplete");
      } else if (random.nextInt(10) == 0) {
        event.asks("update", POD + i);
      } else if (random.nextInt(20) == 0) {
        event.code(429).annotations("");
      }
      lines.add(event.toString());
    }
    return lines;
  }

  private static String text(Report report) {
    return TextReport.of(report, 50) + JsonReport.of(report, 50);
  }

  @Test
  void saysTheSameOfAShuffledLogAndOfOneThatDoesNotFitIntoTheHeap() throws Exception {
    List<String> lines = busyLog();
    String expected = text(replay(file("a.log", lines.toArray())));
    assertThat(expected).contains("time-out"); // a log that is worth it

    Collections.shuffle(lines, new Random(1));
    file("a.log", lines.toArray());
    assertThat(text(replay(folder.resolve("a.log").toString()))).isEqualTo(expected);
    memory = 4 * 20_000; // names in the entries, and many files
    assertThat(text(replay(folder.resolve("a.log").toString()))).isEqualTo(expected);
  }

  @Test
  void takesSeveralLogsTogether() throws Exception {
    List<String> lines = busyLog();
    String one = TextReport.of(replay(file("a.log", lines.toArray())), 50);
    String two =
        TextReport.of(
            replay(
                file("b.log", lines.subList(0, 1_000).toArray()),
                file("c.log", lines.subList(1_000, lines.size()).toArray())),
            50);
    assertThat(two.substring(two.indexOf('\n'))).isEqualTo(one.substring(one.indexOf('\n')));
  }
}
