package io.apfproxy.server.walk;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.flowcontrol.Circumstances;
import io.apfproxy.flowcontrol.Classification;
import io.apfproxy.flowcontrol.RejectReason;
import io.apfproxy.flowcontrol.Rejection;
import io.apfproxy.report.Account;
import io.apfproxy.report.HeaviestFlow;
import io.apfproxy.request.RefusedException;
import io.apfproxy.server.listen.CrossOrigin;
import io.apfproxy.server.listen.OwnAnswers;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients read when they are refused. */
@Tag("V-25")
@Tag("V-27")
class RefusalTextTest {
  private static final String SERVERS = "Too many requests, please try again later.\n";
  private static final String WHY =
      "too many requests: no 2 seats came free within 15 s; try again in 4 s";

  private final Account account = new Account(0, "the-id", "192.0.2.1", "GET", "/api", null);

  private RefusalText text(RefusedException refusal, boolean names, boolean plain) {
    account.classified(new Classification("schema", "", "level", "", "alice"));
    return new RefusalText(refusal, account, new OwnAnswers(names, plain, CrossOrigin.NONE));
  }

  private static RefusedException byLevel() {
    return Replies.tooManyRequests(
        new Rejection(
            RejectReason.TIME_OUT, 4, 2, "no 2 seats came free within 15 s", Circumstances.NONE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/json",
        "application/vnd.kubernetes.protobuf,application/json",
        "application/json;as=Table;v=v1;g=meta.k8s.io",
        "text/html, Application/JSON; q=0.5"
      })
  void isAStatusForThoseWhoReadOne(String accept) {
    RefusalText text = text(byLevel(), false, false);

    assertThat(text.isStatus(List.of(accept))).isTrue();
    assertThat(text.isStatus(List.of("text/plain", accept))).isTrue();
    assertThat(new JsonObject(text.status()))
        .isEqualTo(
            new JsonObject(
                """
                {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
                 "message": "%s", "reason": "TooManyRequests", "code": 429,
                 "details": {"retryAfterSeconds": 4, "causes": [
                   {"reason": "time-out", "message": "no 2 seats came free within 15 s"},
                   {"reason": "Seats", "message": "2"},
                   {"reason": "AuditID", "message": "the-id"}]}}
                """
                    .formatted(WHY)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*/*",
        "application/yaml",
        "application/json-patch+json",
        "application/vnd.kubernetes.protobuf",
        ""
      })
  void isTheServersTextAndALineMoreForOthers(String accept) {
    RefusalText text = text(byLevel(), false, false);

    assertThat(text.isStatus(List.of(accept))).isFalse();
    assertThat(text.plain()).isEqualTo(SERVERS + WHY + "\n");
  }

  /** As the server itself then answers in JSON; fabric8 does not say what it takes. */
  @Test
  void isAStatusForThoseWhoDoNotSayWhatTheyTake() {
    assertThat(text(byLevel(), false, false).isStatus(List.of())).isTrue();
  }

  @Test
  void isTheServersTextOnlyIfThatIsWanted() {
    RefusalText text = text(byLevel(), true, true);

    assertThat(text.isStatus(List.of())).isFalse();
    assertThat(text.isStatus(List.of("application/json"))).isFalse();
    assertThat(text.plain()).isEqualTo(SERVERS);
  }

  @Test
  void namesSchemaAndLevelWhereThatIsAllowed() {
    assertThat(text(byLevel(), true, false).status())
        .contains("{\"reason\":\"FlowSchema\",\"message\":\"schema\"}")
        .contains("{\"reason\":\"PriorityLevel\",\"message\":\"level\"}");
    assertThat(text(byLevel(), false, false).status()).doesNotContain("schema", "level", "alice");
  }

  @ParameterizedTest
  @CsvSource({"schema, alice, yes", "schema, bob, no", "other, alice, no"})
  void saysWhetherItsOwnFlowIsTheHeaviestAndNoMoreOfIt(String schema, String user, String own) {
    account.foundFull(Circumstances.NONE, new HeaviestFlow.Flow(schema, user, 17.5));

    assertThat(text(byLevel(), true, false).status())
        .contains("{\"reason\":\"HeaviestFlow\",\"message\":\"" + own + "\"}")
        .doesNotContain("bob", "17");
    assertThat(text(byLevel(), false, false).status()).doesNotContain("HeaviestFlow");
  }

  /** As where there are no queues: who of the schema it is nobody knows. */
  @Test
  void saysNothingOfAFlowThatManyShare() {
    account.classified(new Classification("schema", "", "level", "", ""));
    account.foundFull(Circumstances.NONE, new HeaviestFlow.Flow("schema", "", 17.5));
    RefusalText text =
        new RefusalText(byLevel(), account, new OwnAnswers(true, false, CrossOrigin.NONE));

    assertThat(text.status()).contains("PriorityLevel").doesNotContain("HeaviestFlow");
  }

  @Test
  void leavesOtherRefusalsAsTheyAre() {
    RefusalText bad = text(refusal(null), true, false);
    assertThat(bad.isStatus(List.of())).isTrue();
    assertThat(new JsonObject(bad.status()).getString("message")).isEqualTo("found a, expected b");
    RefusalText stopping = text(refusal("The server stops.\n"), true, false);
    assertThat(stopping.isStatus(List.of("application/json"))).isFalse();
    assertThat(stopping.plain()).isEqualTo("The server stops.\n");
  }

  private static RefusedException refusal(@Nullable String plain) {
    RefusedException refusal =
        new RefusedException(400, "BadRequest", "rule", "found a, expected b");
    return plain == null ? refusal : refusal.answeredWith(plain);
  }
}
