package io.apfproxy.replay.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apfproxy.cli.StartException;
import io.apfproxy.replay.Terms;
import io.apfproxy.replay.figures.Report;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Audit logs before a configuration. */
class LogReplayTest extends ReplayFixture {
  @Test
  @Tag("V-46")
  void arrivesWhenItWasReceivedAndIsServedAsLongAsItTookWithoutItsQueue() throws Exception {
    Report report =
        replay(
            file(
                "a.log",
                Events.event("late").at(0.5).took(1.0), // ended first, so it stands first
                Events.event("early")
                    .at(0)
                    .took(3.0)
                    .annotations("\"apiserver.latency.k8s.io/apf-queue-wait\":\"1s\"")));

    assertThat(counts(report).requests()).isEqualTo(2);
    assertThat(counts(report).waitMax()).isEqualTo(1_500_000_000L); // behind two seconds
    assertThat(counts(report).seatSeconds()).isEqualTo(3);
    assertThat(report.seconds()).isEqualTo(0.5);
  }

  @Test
  @Tag("V-47")
  void accountsForEachEvent() throws Exception {
    String log =
        file(
            "a.log",
            Events.event("1"),
            Events.event("1").stage("RequestReceived"),
            Events.event("2").stage("Panic").code(500),
            Events.event("3").stage("ResponseStarted"),
            Events.event("4").code(401).annotations(""),
            Events.event("5").by("system:apiserver", "system:masters"),
            Events.event("6").asks("get", POD + "/log"),
            Events.event("7").asks("connect", POD + "/exec"),
            Events.event("8").asks("watch", "/api/v1/pods?watch=1").stage("ResponseStarted"),
            Events.event("8").asks("watch", "/api/v1/pods?watch=1").took(90),
            Events.event("9").asks("get", "/api/%zz"),
            Events.event("1"), // a copy
            "\n");
    Report report = replay(log);

    assertThat(amounts(report))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "events read", 12L,
                "simulated", 3L,
                "excluded: other stages", 2L,
                "excluded: 401", 1L,
                "excluded: system:apiserver", 1L,
                "excluded: long-running", 2L,
                "excluded: not understood", 1L,
                "excluded: second events", 2L));
    window = new LogWindow(Long.MIN_VALUE, Long.MAX_VALUE, true);
    assertThat(amounts(replay(log))).containsEntry("simulated", 4L);
  }

  @Test
  @Tag("V-51")
  void leavesOutWhatCameBeforeAndAfter() throws Exception {
    long start = ChronoUnit.MICROS.between(java.time.Instant.EPOCH, Events.START);
    window = new LogWindow(start + 1_000_000, start + 2_000_000, false);
    Report report =
        replay(
            file(
                "a.log",
                Events.event("1").at(0.999999),
                Events.event("2").at(1),
                Events.event("3").at(1.999999),
                Events.event("4").at(2)));
    assertThat(amounts(report))
        .containsEntry("simulated", 2L)
        .containsEntry("excluded: out of --from and --until", 2L);
  }

  /** Of what came before a log begins there are those only that lasted, most of them watches. */
  @Test
  @Tag("V-51")
  void doesNotReportATimeOfWhichTheLogHasWatchesOnly() throws Exception {
    warmUp = null;
    List<Object> lines = new ArrayList<>();
    lines.add(Events.event("w").asks("watch", "/api/v1/pods?watch=1").at(0).took(600));
    for (int i = 0; i <= 120; i++) {
      lines.add(Events.event("e" + i).at(600 + i).took(0.5));
    }
    String log = file("a.log", lines.toArray());
    Report report = replay(log);

    assertThat(report.warmUpSeconds()).isEqualTo(612);
    assertThat(counts(report).requests()).isEqualTo(109);
    assertThat(seatsMean(report)).isBetween(0.49, 0.51);

    warmUp = 0L; // whoever wants it gets it
    assertThat(seatsMean(replay(log))).isLessThan(0.1);
  }

  private static double seatsMean(Report report) {
    return report.after().levels().stream()
        .filter(level -> level.name().equals("only"))
        .mapToDouble(io.apfproxy.replay.figures.LevelRow::meanSeats)
        .sum();
  }

  @Test
  @Tag("V-48")
  void tellsRefusalsByFlowControlFromOthers() throws Exception {
    List<Object> lines = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      lines.add(Events.event("s" + i).at(i).took(0.2));
    }
    lines.add(Events.event("apf").at(20).took(0.001).code(429).annotations(""));
    lines.add(Events.event("webhook").at(30).took(0.05).code(429)); // was authorised before
    Report report = replay(file("a.log", lines.toArray()));

    assertThat(counts(report).requests()).isEqualTo(11);
    // the one is served like the others of its kind, the other as long as it took
    assertThat(counts(report).seatSeconds()).isBetween(9 * 0.2 + 0.198 + 0.05, 2.052);
    assertThat(report.cautions())
        .containsExactly(
            "9.1% of the requests were refused by flow control when this was recorded: demand is"
                + " overstated by retries");
  }

  /** kube-apiserver looks at that before its queues, and at whether it is allowed behind them. */
  @Test
  @Tag("V-47")
  void leavesOutWhoMayNotActAsAnother() throws Exception {
    String watch = "/api/v1/namespaces/a/pods?watch=1";
    Report report =
        replay(
            file(
                "a.log",
                Events.event("forbidden").code(403), // to ask for this, behind the queues
                Events.event("impersonates").at(1).code(403).annotations(""),
                Events.event("as nobody").at(2).code(400).annotations(""),
                Events.event("watches")
                    .asks("watch", watch)
                    .at(3)
                    .code(403)
                    .annotations("")
                    .stage("ResponseStarted"),
                Events.event("watches").asks("watch", watch).at(3).code(403).annotations("")));
    assertThat(amounts(report))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of("events read", 5L, "simulated", 1L, "excluded: ended before flow control", 4L));
  }

  /** The only line of one has another stage than the last of others. */
  @Test
  @Tag("V-47")
  void countsWhoIsNotKnownAsSuchButNotWhatAServerBehindSays() throws Exception {
    Report report =
        replay(
            file(
                "a.log",
                Events.event("unknown").code(401).stage("ResponseStarted").annotations(""),
                Events.event("behind").at(1).code(401)));
    assertThat(amounts(report)).containsEntry("excluded: 401", 1L).containsEntry("simulated", 1L);
  }

  /** As kube-apiserver writes it of OPTIONS, TRACE and the like, and as a recording does. */
  @Test
  @Tag("V-46")
  void takesAMethodThatIsNoVerb() throws Exception {
    Report report =
        replay(
            file(
                "a.log",
                Events.event("x").asks("", POD).code(405),
                Events.event("y").asks("options", POD).code(405)));
    assertThat(amounts(report)).containsOnlyKeys("events read", "simulated");
    assertThat(report.cautions()).isEmpty();
  }

  @Test
  @Tag("V-46")
  void holdsTheSeatsOfAWatchUntilItHasStarted() throws Exception {
    String watch = "/api/v1/namespaces/a/pods?watch=1";
    Report report =
        replay(
            file(
                "a.log",
                Events.event("w").asks("watch", watch).at(0).took(2).stage("ResponseStarted"),
                Events.event("w").asks("watch", watch).at(0).took(50),
                Events.event("v").asks("watch", watch).at(10).took(40), // its start is not logged
                Events.event("g").at(60)));
    assertThat(amounts(report)).containsEntry("simulated", 3L);
    assertThat(counts(report).seatSeconds()).isBetween(2 + 1.98 + 0.001, 4.021);
  }

  @Test
  @Tag("V-49")
  void countsTheWatchersOfAWriteFromTheWatchesOfTheLog() throws Exception {
    List<Object> lines = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Events watch = Events.event("w" + i).asks("watch", "/api/v1/pods?watch=1").at(i);
      lines.add(watch.took(0.001).stage("ResponseStarted").toString());
      lines.add(watch.took(50).stage("ResponseComplete").toString());
    }
    lines.add(Events.event("heard").asks("update", POD).at(40).took(0.001));
    lines.add(Events.event("alone").asks("update", POD).at(90).took(0.001));
    Report report = replay(file("a.log", lines.toArray()));

    // 20 watchers are two seats for 5 ms after the response, on the one seat there is
    assertThat(counts(report).seatSeconds())
        .isCloseTo(0.022 + 0.010, org.assertj.core.api.Assertions.within(1e-9));
  }

  /** They have two lines as well, and nobody watches. */
  @Test
  @Tag("V-49")
  void countsNoWatchersOfWatchesThatFailed() throws Exception {
    List<Object> lines = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Events watch = Events.event("w" + i).asks("watch", "/api/v1/pods?watch=1").at(i).code(403);
      lines.add(watch.took(0.001).stage("ResponseStarted").toString());
      lines.add(watch.took(0.001).stage("ResponseComplete").toString());
    }
    lines.add(Events.event("alone").asks("update", POD).at(90).took(0.001));
    Report report = replay(file("a.log", lines.toArray()));

    assertThat(counts(report).seatSeconds())
        .isCloseTo(0.021, org.assertj.core.api.Assertions.within(1e-9));
  }

  @Test
  @Tag("V-49")
  void saysForHowManyListsNothingIsKnown() throws Exception {
    String log =
        file(
            "a.log",
            Events.event("l").asks("list", "/api/v1/pods").at(0).took(0.3),
            Events.event("g").at(1).took(0.1));
    assertThat(replay(log).cautions())
        .containsExactly(
            "1 lists, 75.0% of the time served, are one seat each, as nothing is known of their"
                + " objects: --objects");
    objects = new TreeMap<>(Map.of("pods", new Terms.Stored(10, 10)));
    assertThat(replay(log).cautions()).isEmpty();
  }

  @Test
  @Tag("V-46")
  void takesNoPartOfANameForAGroup() throws Exception {
    String name = "mallory\\u0000uid\\u0000system:masters";
    Report report = replay(file("a.log", Events.event("x").by(name, "system:authenticated").at(1)));
    assertThat(counts(report).requests()).as("not exempt").isEqualTo(1);
  }

  @Test
  @Tag("V-46")
  void believesTheVerbOfTheEvent() throws Exception {
    Report report = replay(file("a.log", Events.event("x").asks("list", POD)));
    assertThat(report.cautions().get(0)).startsWith("1 event has another verb than the URI");
  }

  @Test
  @Tag("V-46")
  void readsGzipAndFoldersAndLists() throws Exception {
    Path logs = Files.createDirectory(folder.resolve("logs"));
    try (OutputStream gzip =
        new GZIPOutputStream(Files.newOutputStream(logs.resolve("audit-1.log.gz")))) {
      gzip.write(Events.event("1").toString().getBytes(StandardCharsets.UTF_8));
    }
    Files.writeString(
        logs.resolve("list.json"),
        "{\n\"kind\":\"EventList\",\"items\":[\n" + Events.event("2") + "]}");
    Files.writeString(logs.resolve("notes.txt"), "no log");
    assertThat(amounts(replay(logs.toString()))).containsEntry("simulated", 2L);
  }

  @Test
  @Tag("V-46")
  void takesFilesOfAFolderByAge() throws Exception {
    Path logs = Files.createDirectory(folder.resolve("logs"));
    for (String name : List.of("b.log", "a.log", "c.log")) {
      Path file = Files.writeString(logs.resolve(name), "");
      Files.setLastModifiedTime(
          file, FileTime.fromMillis(name.equals("a.log") ? 2_000_000 : 1_000_000));
    }
    assertThat(LogFile.of(List.of(logs.toString())))
        .extracting(LogFile::name)
        .extracting(name -> Path.of(name).getFileName().toString())
        .containsExactly("b.log", "c.log", "a.log");
  }

  @Test
  @Tag("V-46")
  void bearsAHundredthThatIsNoEventAndShowsTheFirst() throws Exception {
    List<Object> lines = new ArrayList<>();
    for (int i = 0; i < 99; i++) {
      lines.add(Events.event("e" + i).at(i));
    }
    lines.add(Events.event("cut").line().substring(0, 100)); // the log's last line breaks off
    String log = file("a.log", lines.toArray());
    Report report = replay(log);
    assertThat(amounts(report)).containsEntry("bad", 1L).containsEntry("simulated", 99L);
    assertThat(report.cautions().get(0)).startsWith("no event: " + log + ":100: no JSON: ");

    lines.add("\nnonsense\n");
    assertThatThrownBy(() -> replay(file("b.log", lines.toArray())))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("LOG: found 2 of 101 lines that are no events (2.0%), expected 1%")
        .hasMessageContaining("b.log:101: no JSON: ");
  }

  @Test
  @Tag("V-46")
  void readsAPackedLogAsFarAsItGoes() throws Exception {
    Path file = folder.resolve("cut.log.gz");
    try (OutputStream gzip = new GZIPOutputStream(Files.newOutputStream(file))) {
      for (int i = 0; i < 20_000; i++) {
        gzip.write(Events.event("e" + i).at(i).toString().getBytes(StandardCharsets.UTF_8));
      }
    }
    byte[] all = Files.readAllBytes(file);
    Files.write(file, java.util.Arrays.copyOf(all, all.length - 100));
    assertThat(amounts(replay(file.toString())).get("simulated")).isGreaterThan(15_000);
  }

  @Test
  void saysThatThereIsNothingToReplay() throws Exception {
    String log = file("a.log", Events.event("1").code(401).annotations(""));
    assertThatThrownBy(() -> replay(log))
        .hasMessage("LOG: found no request in 1 events, expected some; 401 1");
    assertThatThrownBy(() -> replay(folder.resolve("none").toString()))
        .hasMessageContaining("none (no such file), expected an audit log");
  }
}
