package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What looks on is bounded, says how full it is, and counts what had no room; each has a test that
 * fills it. Specification seeing.md V-02.
 */
@Tag("V-02")
class BoundsShownIT extends AppFixture {
  /** What would be read off a rate has no gauge. */
  private static final String NO_GAUGE = "";

  /**
   * A bound.
   *
   * @param used series that says how full it is
   * @param overflows series that counts what had no room
   * @param filledBy the test that fills it: class below {@code io.apfproxy}, and method
   */
  private record Shown(String used, String overflows, String filledBy) {}

  private static final Set<Shown> SHOWN =
      Set.of(
          new Shown(
              "apf_proxy_talker_counters{by=\"user\"}",
              "apf_proxy_talker_records_lost_total",
              "report.talkers.TalkerPanesTest.whatFindsNoRoomIsLostAndSaid"),
          new Shown(
              "apf_proxy_refusals_remembered",
              "apf_proxy_refusals_not_remembered_total{why=\"newer\"}",
              "report.refusals.RefusalBookTest.theLastOnesStay"),
          new Shown(
              NO_GAUGE,
              "apf_proxy_refusals_not_remembered_total{why=\"many\"}",
              "report.refusals.RefusalBookTest.aFloodOfOneUserLeavesTwentyASecondOfEachOther"),
          new Shown(
              "apf_proxy_refusal_kinds",
              "apf_proxy_refusal_kinds_overflowed_total",
              "report.refusals.RefusalBookTest.moreKindsThanThereIsRoomForShare"),
          new Shown(
              "apf_proxy_bound_used{rule=\"event-streams\"}",
              "apf_proxy_bound_overflows_total{rule=\"event-streams\"}",
              "admin.EventStreamsIT.refusesTheFiftyFirstStreamUntilAnotherEnds"),
          new Shown(
              NO_GAUGE,
              "apf_proxy_event_ticks_missed_total",
              "admin.EventStreamsIT.whoDoesNotReadMissesTicksAndIsToldAllAfterwards"),
          new Shown(
              "apf_proxy_bound_used{rule=\"access-log\"}",
              "apf_proxy_access_log_dropped_total{log=\"access\"}",
              "server.log.LineWriterTest.areDroppedAndNobodyWaitsWhileTheFileBlocks"),
          new Shown(
              "apf_proxy_bound_used{rule=\"recording\"}",
              "apf_proxy_access_log_dropped_total{log=\"recording\"}",
              "server.log.RecordingTest.areWrittenOrCounted"),
          new Shown(
              "apf_proxy_bound_used{rule=\"spans\"}",
              "apf_proxy_spans_dropped_total",
              "tracing.SpanQueueTest.areDroppedAndCountedWhileTheCollectorSaysNothing"),
          new Shown(
              NO_GAUGE,
              "apf_proxy_bound_overflows_total{rule=\"trace-roots\"}",
              "tracing.RootSamplerTest.areAHundredInAnySecondAtMost"));

  @Test
  void eachSaysHowFullItIsAndWhatHadNoRoom() throws Exception {
    startAll();

    String page = admin("/metrics").body();

    for (Shown one : SHOWN) {
      assertThat(page).contains("\n" + one.overflows + " 0.0\n");
      if (!one.used.equals(NO_GAUGE)) {
        assertThat(page).containsPattern("\n" + Pattern.quote(one.used) + " [0-9.]+\n");
      }
      assertThat(isTest(one.filledBy)).as(one.filledBy).isTrue();
    }
  }

  @Test
  void eachRuleHasALimitAndACount() throws Exception {
    startAll();

    String page = admin("/metrics").body();

    assertThat(rules(page, "limit"))
        .contains("access-log", "recording", "spans", "trace-roots", "event-streams")
        .isEqualTo(rules(page, "overflows_total"))
        .containsAll(rules(page, "used"));
  }

  private static Set<String> rules(String page, String series) {
    return Pattern.compile("(?m)^apf_proxy_bound_" + series + "\\{rule=\"([a-z-]+)\"\\} ")
        .matcher(page)
        .results()
        .map(sample -> sample.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static boolean isTest(String name) throws ReflectiveOperationException {
    int dot = name.lastIndexOf('.');
    return Class.forName("io.apfproxy." + name.substring(0, dot))
        .getDeclaredMethod(name.substring(dot + 1))
        .isAnnotationPresent(Test.class);
  }

  private void startAll() throws Exception {
    Path tracing =
        Files.writeString(
            directory.resolve("tracing.yaml"),
            """
            apiVersion: apiserver.config.k8s.io/v1
            kind: TracingConfiguration
            endpoint: http://127.0.0.1:1
            """);
    start(
        "--access-log=" + directory.resolve("access.log"),
        "--record=" + Files.createDirectory(directory.resolve("recorded")),
        "--tracing-config-file=" + tracing);
  }
}
