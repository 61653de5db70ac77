package io.apfproxy.replay.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Events of V-46. */
@Tag("V-46")
class AuditEventReaderTest {
  private final List<String> told = new ArrayList<>();
  private final List<String> bad = new ArrayList<>();
  private final AuditEventReader reader =
      new AuditEventReader(
          new AuditEventReader.Sink() {
            @Override
            public void event(AuditEvent event) {
              told.add(
                  String.join(
                      " ",
                      event.auditId,
                      event.stage,
                      event.verb,
                      event.requestUri,
                      event.who().name,
                      event.who().groups.toString(),
                      Integer.toString(event.code),
                      Long.toString(event.staged - event.received),
                      Long.toString(event.waited),
                      Boolean.toString(event.authorized)));
            }

            @Override
            public void bad(BadLine why) {
              bad.add(why.getMessage());
            }
          });

  private void read(String line) throws BadLine, IOException {
    byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
    reader.readLine(bytes, bytes.length);
  }

  @Test
  void readsWhatAReplayNeeds() throws Exception {
    read(Events.event("x").by("bob", "g1", "g2").at(1.5).took(0.25).line());
    assertThat(told)
        .containsExactly(
            "x ResponseComplete get /api/v1/namespaces/a/pods/b bob [g1, g2] 200 250000 0 true");
  }

  @Test
  void takesWhomTheUserActsAs() throws Exception {
    read(Events.event("x").as("carol").line());
    assertThat(told.get(0)).contains(" carol [system:authenticated] ");
  }

  @Test
  void addsUpWhatTheServersQueuesAndOursMadeItWait() throws Exception {
    read(
        Events.event("x")
            .annotations(
                "\"apiserver.latency.k8s.io/apf-queue-wait\":\"1.5s\",\"apf-proxy.io/wait\":\"20ms\"")
            .line());
    assertThat(told.get(0)).endsWith(" 1520000000 false");
  }

  @Test
  void passesOverObjectsOfAMegabyteAndMore() throws Exception {
    String object =
        "{\"kind\":\"Secret\",\"stage\":\"no\",\"data\":{\"x\":\"" + "y".repeat(1 << 20) + "\"}}";
    read(
        Events.event("x")
            .with("\"requestObject\":" + object + ",\"responseObject\":" + object)
            .line());
    assertThat(told).hasSize(1);
  }

  @Test
  void readsALineThatIsAList() throws Exception {
    read(
        "{\"kind\":\"EventList\",\"apiVersion\":\"audit.k8s.io/v1\",\"metadata\":{},\"items\":["
            + Events.event("a").line()
            + ","
            + Events.event("b").line().replace("\"kind\":\"Event\",", "")
            + "]}");
    assertThat(told).extracting(line -> line.charAt(0)).containsExactly('a', 'b');
  }

  @Test
  void readsTheOthersOfAListWhereOneIsBad() throws Exception {
    read(
        "{\"items\":["
            + Events.event("a").line().replace("\"username\":\"alice\"", "\"username\":[{}]")
            + ","
            + Events.event("b").line()
            + ",{}],\"kind\":\"EventList\"}");
    assertThat(told).extracting(line -> line.charAt(0)).containsExactly('b');
    assertThat(bad)
        .containsExactly(
            "user.username: found START_ARRAY, expected a text",
            "stage: found nothing, expected a text");
  }

  @Test
  void readsADocumentOnManyLines() throws Exception {
    String text =
        "{\n  \"kind\": \"EventList\",\n  \"items\": [\n"
            + Events.event("a").line()
            + "\n]\n}\n"
            + Events.event("b").line().replace(",", ",\n")
            + "{}"
            + Events.event("c");
    reader.readDocument(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    assertThat(told).extracting(line -> line.charAt(0)).containsExactly('a', 'b', 'c');
    assertThat(bad).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"kind\":\"Event\"|\"kind\":\"Pod\"|kind: found \"Pod\" of \"audit.k8s.io/v1\", expected Event of audit.k8s.io/v1",
        "audit.k8s.io/v1|audit.k8s.io/v1beta1|kind: found \"Event\" of \"audit.k8s.io/v1beta1\", expected Event of audit.k8s.io/v1",
        "\"verb\":\"get\"|\"verb\":7|verb: found VALUE_NUMBER_INT, expected a text",
        "\"verb\":\"get\"|\"x\":7|verb: found nothing, expected a text",
        "stageTimestamp|other|stageTimestamp: found nothing, expected an instant",
        "2026-11-28T10|2026-11-28 10|requestReceivedTimestamp: found \"2026-11-28 10:00:00.000000Z\", expected an instant",
      })
  void namesFieldFoundAndExpected(String part, String instead, String expected) {
    assertThatThrownBy(() -> read(Events.event("x").line().replace(part, instead)))
        .isInstanceOf(BadLine.class)
        .hasMessageContaining(expected);
    assertThat(told).isEmpty();
  }

  /** Whatever is done to a line, it is one event, or one bad line. */
  @Test
  void throwsNothingButBadLine() throws Exception {
    SplittableRandom random = new SplittableRandom(46);
    byte[] line = Events.event("x").as("y").line().getBytes(StandardCharsets.UTF_8);
    int cut = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] changed = line.clone();
      int length = random.nextInt(4) == 0 ? random.nextInt(line.length) : line.length;
      for (int changes = random.nextInt(4); changes > 0; changes--) {
        changed[random.nextInt(line.length)] = (byte) random.nextInt(256);
      }
      int before = told.size();
      try {
        reader.readLine(changed, length);
        assertThat(told).hasSize(before + 1);
      } catch (BadLine e) {
        cut++;
        assertThat(told).hasSize(before);
      }
    }
    assertThat(cut).isPositive();
    assertThat(told).isNotEmpty();
  }
}
