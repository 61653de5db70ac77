package io.apfproxy.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.apfproxy.flowcontrol.Classification;
import io.apfproxy.flowcontrol.FakeLease;
import io.apfproxy.flowcontrol.RejectReason;
import io.apfproxy.flowcontrol.WouldHave;
import io.apfproxy.report.Account;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.request.RequestInfo;
import io.apfproxy.request.RequestInfoParser;
import io.apfproxy.request.RequestTarget;
import io.apfproxy.request.UserInfo;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@DisplayName("A line of the access log (V-91)")
class AccessLineTest {
  private static final long ARRIVED = 1_000_000;
  private static final long MILLI = 1_000_000;
  private static final long ENDED_MILLIS = 1_700_000_000_123L;

  private String agent = "kubectl/v1.37.0";
  private String user = "ann";

  private Account account(String method, String target) throws RefusedException {
    RequestTarget parsed = RequestTarget.parse(target);
    RequestInfo info = RequestInfoParser.parse(method, parsed);
    UserInfo who = UserInfo.of(user);
    Account account = new Account(ARRIVED, "id-1", "192.0.2.1", method, target, agent);
    account.spoke("HTTP/2.0");
    account.understood(info);
    account.identified(
        who, "IMPERSONATION", new RequestDigest(info, who, parsed.query()), ARRIVED + MILLI);
    return account;
  }

  private static void classify(Account account) {
    account.classified(new Classification("global-default", "", "global-default", "", "ann"));
  }

  /** Sent 2 ms after it was known who asks, answered 3.5 ms after that, over at 10 ms. */
  private static void forward(Account account, int status) {
    account.sent(ARRIVED + 3 * MILLI);
    account.answered(status, ARRIVED + 6 * MILLI + MILLI / 2);
    account.ended(ARRIVED + 10 * MILLI);
  }

  private static String line(Account account, double sample) {
    return Lines.text(new AccessLine(sample), AccessEntry.of(account, ENDED_MILLIS));
  }

  @Test
  void ofARead() throws RefusedException {
    Account get = account("GET", "/api/v1/namespaces/n/pods/p");
    classify(get);
    forward(get, 200);
    assertThat(line(get, 1))
        .isEqualTo(
            "{\"ts\":1700000000113,\"msg\":\"HTTP\",\"verb\":\"GET\",\"URI\":\"/api/v1/namespaces/n/pods/p\","
                + "\"latency\":\"10ms\",\"userAgent\":\"kubectl/v1.37.0\",\"audit-ID\":\"id-1\",\"srcIP\":\"192.0.2.1\","
                + "\"user\":\"ann\",\"proto\":\"HTTP/2.0\",\"apf_pl\":\"global-default\",\"apf_fs\":\"global-default\","
                + "\"apf_flow\":\"ann\",\"apf_iseats\":0,\"apf_fseats\":0,\"apf_additionalLatency\":\"0s\",\"apf_wait\":\"2ms\",\"apf_execution_time\":\"7ms\","
                + "\"upstream_latency\":\"3.5ms\",\"resp\":200,\"bytes_in\":0,\"bytes_out\":0}\n");
  }

  /** Its head is the proxy's own: that took no part in what upstream takes. */
  @Test
  void ofOneThatUpstreamDidNotAnswerSaysNotHowLongThatTook() throws Exception {
    Account get = account("GET", "/api/v1/namespaces/n/pods/p");
    classify(get);
    get.refused(new RefusedException(504, "Timeout", "upstream-silent", "no answer"));
    forward(get, 504);
    JsonNode json = json(line(get, 1));
    assertThat(json.has("upstream_latency")).isFalse();
    assertThat(json.path("apf_execution_time").asText()).isEqualTo("7ms");
    assertThat(json.path("apf_refused").asText()).isEqualTo("upstream-silent");
  }

  @Test
  void namesTheTraceThatIsKeptOfIt() throws Exception {
    Account get = account("GET", "/api/v1/namespaces/n/pods/p");
    get.traced("0af7651916cd43dd8448eb211c80319c");
    forward(get, 200);
    assertThat(json(line(get, 1)).path("trace-id").asText())
        .isEqualTo("0af7651916cd43dd8448eb211c80319c");
  }

  @Test
  void ofListsAndWatchesSaysSo() throws Exception {
    Account list = account("GET", "/api/v1/pods?limit=500&continue=abc");
    forward(list, 200);
    assertThat(json(line(list, 1)).path("verb").asText()).isEqualTo("LIST");
    assertThat(json(line(list, 1)).path("URI").asText())
        .isEqualTo("/api/v1/pods?limit=500&continue=…");
    Account watch = account("GET", "/api/v1/pods?watch=true");
    watch.left();
    forward(watch, 200);
    assertThat(json(line(watch, 1)).path("verb").asText()).isEqualTo("WATCH");
    assertThat(line(watch, 1)).as("its client ends it as it likes").doesNotContain("aborted");
  }

  @Test
  @Tag("S23")
  void ofAnExecHidesTheCommand() throws Exception {
    Account exec = account("POST", "/api/v1/namespaces/n/pods/p/exec?command=secret&stdin=true");
    forward(exec, 101);
    assertThat(line(exec, 1)).contains("\"hijacked\":true").doesNotContain("secret");
    assertThat(json(line(exec, 1)).path("URI").asText()).endsWith("/exec?…=…&…=…");
    Account longOne =
        account(
            "POST", "/api/v1/namespaces/n/pods/p/exec?command=secret&command=" + "x".repeat(5_000));
    forward(longOne, 101);
    assertThat(line(longOne, 1)).doesNotContain("secret");
  }

  @Test
  void ofARefusalNamesTheRule() throws Exception {
    Account refused = account("GET", "/api/v1/pods");
    classify(refused);
    refused.refused(new RefusedException(429, "TooManyRequests", "queue-full", "full"));
    refused.answered(429, ARRIVED + 2 * MILLI);
    refused.ended(ARRIVED + 2 * MILLI);
    JsonNode json = json(line(refused, 0.5));
    assertThat(json.path("apf_refused").asText()).isEqualTo("queue-full");
    assertThat(json.path("resp").asInt()).isEqualTo(429);
    assertThat(json.path("apf_wait").asText()).isEqualTo("1ms");
    assertThat(json.path("sampled").asDouble()).isEqualTo(0.5);
    assertThat(json.has("upstream_latency")).isFalse();
    assertThat(json.has("apf_execution_time")).isFalse();
  }

  /** Two seats while it executes, five afterwards, as of a write that many watch. */
  private enum Write implements FakeLease {
    IN_SHADOW;

    @Override
    public int seats() {
      return 5;
    }

    @Override
    public int initialSeats() {
      return 2;
    }

    @Override
    public int finalSeats() {
      return 5;
    }

    @Override
    public long additionalLatencyNanos() {
      return 25 * MILLI;
    }

    @Override
    public WouldHave wouldHave() {
      return new WouldHave(true, 0, RejectReason.QUEUE_FULL);
    }
  }

  @Test
  @Tag("V-37")
  void saysWhatSeatsItHadAndWhatItsLevelWouldHaveDone() throws Exception {
    Account write = account("PUT", "/api/v1/namespaces/n/pods/p");
    classify(write);
    write.seated(Write.IN_SHADOW);
    forward(write, 200);
    JsonNode json = json(line(write, 1));
    assertThat(json.path("apf_iseats").asInt()).isEqualTo(2);
    assertThat(json.path("apf_fseats").asInt()).isEqualTo(5);
    assertThat(json.path("apf_additionalLatency").asText()).isEqualTo("25ms");
    assertThat(json.path("apf_shadow").asText()).isEqualTo("refuse queue-full");
    assertThat(json.has("apf_refused")).isFalse();
  }

  @Test
  void ofOneThatWasNotUnderstoodSaysWhatIsKnown() throws Exception {
    Account unread = new Account(ARRIVED, "id-1", "192.0.2.1", "GET", "/%zz", null);
    unread.refused(new RefusedException(400, "BadRequest", "target", "no"));
    unread.ended(ARRIVED);
    JsonNode json = json(line(unread, 1));
    assertThat(json.path("user").asText()).isEmpty();
    assertThat(json.has("apf_pl")).isFalse();
  }

  @Test
  void ofOneThatWasCutOff() throws Exception {
    Account cut = account("GET", "/api/v1/pods");
    forward(cut, 200);
    cut.cut("upstream-broke");
    assertThat(json(line(cut, 1)).path("aborted").asBoolean()).isTrue();
  }

  @Test
  @Tag("S80")
  void ofHostileTextsIsOneLineOfEightKibibytesAtMost() throws Exception {
    agent = "\u0001".repeat(10_000);
    user = "\n\ud800\"\\\u2028".repeat(10_000);
    Account hostile = account("GET", "/api/v1/pods?labelSelector=" + "%C3%A9".repeat(2_000));
    hostile.classified(
        new Classification("global-default", "", "global-default", "", "\n".repeat(10_000)));
    forward(hostile, 200);
    String line = line(hostile, 1);
    assertThat(line.getBytes(StandardCharsets.UTF_8).length).isLessThan(8 << 10);
    assertThat(line.lines()).hasSize(1);
    assertThat(json(line).path("user").asText()).startsWith("\n").endsWith("…");
  }

  private static JsonNode json(String line) throws IOException {
    return new ObjectMapper().readTree(line);
  }
}
