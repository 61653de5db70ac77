package io.apfproxy.replay.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apfproxy.cli.StartException;
import io.apfproxy.replay.figures.Report;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Logs as they may lie about: packed, joined, cut, and with what others wrote into them. */
@Tag("V-46")
class LogShapesTest extends ReplayFixture {
  private static byte[] packed(Object... lines) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(bytes)) {
      for (Object line : lines) {
        gzip.write(line.toString().getBytes(StandardCharsets.UTF_8));
      }
    }
    return bytes.toByteArray();
  }

  private Report replayed(byte[] bytes) throws Exception {
    return replay(Files.write(folder.resolve("a.log"), bytes).toString());
  }

  /** A pipe that has nothing ready where one packed file ends and the next begins. */
  @Test
  void readsPackedFilesBehindEachOtherFromAPipe() throws Exception {
    InputStream stdin = System.in;
    System.setIn(
        new SequenceInputStream(
            new ByteArrayInputStream(packed(Events.event("1"))),
            new ByteArrayInputStream(packed(Events.event("2").at(1)))));
    try {
      assertThat(amounts(replay("-"))).containsEntry("simulated", 2L);
    } finally {
      System.setIn(stdin);
    }
  }

  @Test
  void readsAPackedListAsFarAsItGoes() throws Exception {
    StringBuilder list = new StringBuilder("{\n\"kind\":\"EventList\",\"items\":[\n");
    for (int i = 0; i < 20_000; i++) {
      list.append(i == 0 ? "" : ",").append(Events.event("e" + i).at(i));
    }
    byte[] all = packed(list);
    Report report = replayed(Arrays.copyOf(all, all.length - 100));
    assertThat(amounts(report).get("simulated")).isGreaterThan(15_000);
    assertThat(amounts(report)).containsEntry("bad", 1L);
    assertThat(report.cautions().get(0)).contains("gzip breaks off");
  }

  @Test
  void readsNothingOfAPackedFileThatHasHardlyBegun() throws Exception {
    Path begun = Files.write(folder.resolve("b.log.gz"), Arrays.copyOf(packed("x"), 7));
    Object[] lines = new Object[200];
    Arrays.setAll(lines, i -> Events.event("e" + i).at(i));
    assertThat(amounts(replay(file("a.log", lines), begun.toString())))
        .containsEntry("simulated", 200L)
        .containsEntry("bad", 1L);
  }

  /** All on one line, as a webhook is sent it. */
  @Test
  void readsAListLongerThanALineMayBe() throws Exception {
    StringBuilder list = new StringBuilder("{\"kind\":\"EventList\",\"items\":[");
    String object = "\"requestObject\":{\"x\":\"" + "y".repeat(1 << 20) + "\"}";
    for (int i = 0; i < 40; i++) {
      list.append(i == 0 ? "" : ",").append(Events.event("e" + i).at(i).with(object).line());
    }
    list.append("]}\r\n").append(Events.event("last").at(100));
    assertThat(amounts(replay(file("a.log", list))))
        .containsEntry("simulated", 41L)
        .containsOnlyKeys("events read", "simulated");
  }

  @Test
  void passesOverWhatIsDeepOrLongInAnObject() throws Exception {
    String patch =
        "\"requestObject\":{\""
            + "n".repeat(100_000)
            + "\":"
            + "9".repeat(5_000)
            + ",\"x\":"
            + "[".repeat(9_000)
            + "]".repeat(9_000)
            + "}";
    assertThat(amounts(replay(file("a.log", Events.event("1").with(patch)))))
        .containsOnlyKeys("events read", "simulated");
  }

  @Test
  void passesOverAByteOrderMark() throws Exception {
    String list = "\ufeff{\n\"kind\":\"EventList\",\"items\":[\n" + Events.event("1") + "]}";
    assertThat(amounts(replay(file("a.log", list)))).containsOnlyKeys("events read", "simulated");
    assertThat(amounts(replay(file("b.log", "\ufeff", Events.event("1")))))
        .containsOnlyKeys("events read", "simulated");
  }

  @Test
  void linesMayEndAsOnWindows() throws Exception {
    String lines = Events.event("1").line() + "\r\n\r\n" + Events.event("2").at(1).line() + "\r\n";
    assertThat(amounts(replay(file("a.log", lines)))).containsEntry("events read", 2L);
  }

  /** A name may have them, and what is said of it goes to a terminal. */
  @Test
  void showsOfABadLineNoControlCharacters() throws Exception {
    String line = Events.event("1").line().replace("\"kind\":\"Event\"", "\"kind\":\"\\u001b[2J\"");
    assertThatThrownBy(() -> replay(file("a.log", line + "\n", "\u001b[2J\n")))
        .isInstanceOf(StartException.class)
        .message()
        .doesNotContain("\u001b")
        .contains("\\u001b");
  }

  /** In virtual time, too, there is something to do every ten seconds. */
  @Test
  void refusesToGoThroughHalfACentury() throws Exception {
    for (String year : new String[] {"0001", "1970", "9999"}) {
      String log =
          file(
              "a.log",
              Events.event("1").at(1).toString().replace("2026-", year + "-"),
              Events.event("2").at(3));
      assertThatThrownBy(() -> replay(log))
          .isInstanceOf(StartException.class)
          .hasMessageContaining(year + "-11-28T10:00:0")
          .hasMessageContaining("expected 1000 days at most");
    }
  }

  /** The clock was set while it was served. */
  @Test
  void servesAsLongAsOthersWhatEndsBeforeItBeginsOrYearsLater() throws Exception {
    Object[] lines = new Object[22];
    Arrays.setAll(lines, i -> Events.event("e" + i).at(i).took(0.2));
    lines[20] = Events.event("back").at(30).took(-3_600);
    lines[21] = Events.event("forth").at(40).took(1e9);
    Report report = replay(file("a.log", lines));
    assertThat(counts(report).seatSeconds()).isBetween(22 * 0.198, 22 * 0.202);
    assertThat(report.cautions())
        .containsExactly(
            "2 events end before they begin or a day later, as where the clock was set: served as"
                + " long as the median of their kind");
  }

  @Test
  @Tag("V-50")
  void namesTheFolderThatCannotBeWrittenAndNotTheLog() throws Exception {
    String log = file("a.log", Events.event("1"), Events.event("2").at(1));
    memory = 200;
    folder = folder.resolve("gone");
    assertThatThrownBy(() -> replay(log)).hasMessageContaining("--temp: cannot write to");
  }
}
