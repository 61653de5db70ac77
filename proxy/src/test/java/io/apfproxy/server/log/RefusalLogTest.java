package io.apfproxy.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.flowcontrol.Circumstances;
import io.apfproxy.flowcontrol.Classification;
import io.apfproxy.report.Account;
import io.apfproxy.request.RefusedException;
import java.net.ConnectException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@Tag("I6")
class RefusalLogTest {
  @RegisterExtension final HeardLog heard = new HeardLog();

  private final AtomicLong now = new AtomicLong();
  private final RefusalLog log = new RefusalLog(now::get);

  private void refuse(int times, int code, String rule) {
    for (int i = 0; i < times; i++) {
      answer(new RefusedException(code, "Reason", rule, "not so"), "id-" + i);
    }
  }

  private void answer(RefusedException refusal, String auditId) {
    Account account = new Account(0, auditId, "192.0.2.1", "GET", "/api", null);
    account.refused(refusal);
    log.answered(account);
  }

  private List<String> lines() {
    return heard.events().stream()
        .map(event -> event.getLevel() + " " + event.getFormattedMessage())
        .toList();
  }

  @Test
  void namesTheRuleTheClientAndTheAuditId() {
    refuse(1, 400, "duplicate-host");
    assertThat(lines())
        .containsExactly(
            "INFO refused 400 duplicate-host: not so; client 192.0.2.1, audit id id-0");
  }

  @Test
  @Tag("V-37")
  void saysOfOneThatWasSentOnWhatItsLevelWouldHaveDone() {
    Account account = new Account(0, "id", "192.0.2.1", "GET", "/api", null);
    account.classified(new Classification("a-schema", "", "a-level", "", ""));
    for (int i = 0; i < 12; i++) {
      log.wouldRefuse(
          account,
          new RefusedException(429, "TooManyRequests", "queue-full", "no place").forSeats(1),
          Circumstances.NONE,
          null);
    }
    refuse(1, 429, "queue-full");
    assertThat(lines())
        .hasSize(11)
        .startsWith(
            "INFO would refuse 429 queue-full: no place; schema a-schema; client 192.0.2.1,"
                + " audit id id")
        .endsWith("INFO refused 429 queue-full: not so; client 192.0.2.1, audit id id-0");
  }

  @Test
  void namesTheRuleThatKeptAConnectionOut() {
    for (int i = 0; i < 12; i++) {
      log.notAccepted("connections-total", "accepting pauses", "192.0.2.1");
    }
    now.addAndGet(TimeUnit.SECONDS.toNanos(1));
    log.sumUp();
    assertThat(lines())
        .hasSize(11)
        .contains("INFO not accepted connections-total: accepting pauses; client 192.0.2.1")
        .last()
        .isEqualTo("INFO not accepted connections-total: 2 more");
  }

  @Test
  void namesTheCauseAndItsRoot() {
    Throwable cause =
        new IllegalStateException("handshake", new ConnectException("Connection refused"));
    answer(
        new RefusedException(503, "Reason", "upstream-unreachable", "none").causedBy(cause), "id");
    assertThat(lines())
        .containsExactly(
            "WARN refused 503 upstream-unreachable: none (IllegalStateException: handshake,"
                + " because of ConnectException: Connection refused); client 192.0.2.1,"
                + " audit id id");
  }

  @Test
  void tellsWhereADefectIsWithoutItsMessage() {
    answer(
        new RefusedException(500, "InternalError", "defect", "error")
            .causedBy(new IllegalStateException("secret")),
        "id");
    assertThat(lines())
        .singleElement()
        .asString()
        .contains("IllegalStateException at io.apfproxy.server.log.RefusalLogTest")
        .doesNotContain("secret");
  }

  @Test
  void writesTenLinesASecondOfAKindAndSumsTheRest() {
    refuse(1_000, 429, "queue-full");
    refuse(3, 400, "syntax");
    assertThat(lines()).hasSize(13);
    now.addAndGet(TimeUnit.SECONDS.toNanos(1));
    refuse(1, 429, "queue-full");
    assertThat(lines())
        .hasSize(15)
        .contains("INFO refused 429 queue-full: 990 more")
        .last()
        .asString()
        .contains("id-0");
  }

  @Test
  void sumsUpWhatWentQuiet() {
    refuse(12, 429, "queue-full");
    log.sumUp();
    assertThat(lines()).hasSize(10);
    now.addAndGet(TimeUnit.SECONDS.toNanos(1));
    log.sumUp();
    log.sumUp();
    assertThat(lines()).hasSize(11).last().isEqualTo("INFO refused 429 queue-full: 2 more");
  }
}
