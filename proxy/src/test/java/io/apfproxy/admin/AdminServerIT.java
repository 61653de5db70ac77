package io.apfproxy.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Covers S77, S78 and S81 of the security specification as far as the admin listener goes. */
class AdminServerIT extends AdminServerFixture {
  @Test
  void explainsARequestByItsParameters() throws Exception {
    String page = "/debug/api_priority_and_fairness/explain";

    assertThat(get(page + "?method=GET&url=%2Fapi%3Fa%3Db&user=alice&group=x&group=y").body())
        .isEqualTo("GET /api?a=b by alice of [x, y]\n");
    assertThat(get(page + "?method=GET&url=%2Fapi").body()).isEqualTo("GET /api by null of []\n");
    assertThat(get(page + "?method=GET&url=%2Fapi&output=json"))
        .returns("as JSON GET /api by null of []\n", Answer::body)
        .matches(answer -> answer.head().contains("application/json"));
    assertThat(get(page + "?method=GET&url=%2Fapi&output=xml").body())
        .isEqualTo("output: expected one of json, text\n");
    assertThat(get(page + "?method=GET").code()).isEqualTo(400);
    assertThat(get(page + "?method=GET&url=").body()).isEqualTo("no URL\n");
    pages.queues = false;
    assertThat(get(page + "?method=GET&url=%2Fapi").code()).isEqualTo(404);
  }

  @Test
  void saysWhatIsToBeKnownThoughAllIsReady() throws Exception {
    pages.note = "in trouble, its last version stays in force";

    Answer answer = get("/readyz?verbose");

    assertThat(answer.code()).isEqualTo(200);
    assertThat(answer.body())
        .contains("[+]shutdown ok: in trouble, its last version stays in force\n");
  }

  @Test
  void keepsWhatIsToBeKnownFromOtherMachines() throws Exception {
    pages.note = "FlowSchema tenants is invalid";

    assertThat(send("GET", "/readyz?verbose", "10.1.2.3:8443").body())
        .contains("[+]shutdown ok\n")
        .doesNotContain("tenants");
  }

  @Test
  void saysOnlyOkToProbes() throws IOException {
    assertThat(get("/livez")).returns(200, Answer::code).returns("ok", Answer::body);
    assertThat(get("/readyz")).returns(200, Answer::code).returns("ok", Answer::body);
  }

  @Test
  void saysWhichConditionIsMissingButNotWhy() throws IOException {
    pages.upstream = false;

    assertThat(get("/livez").code()).isEqualTo(200);
    assertThat(get("/readyz")).returns(503, Answer::code).returns("not ready", Answer::body);
    assertThat(get("/readyz?verbose"))
        .returns(503, Answer::code)
        .returns(
            "[-]upstream failed: reason withheld\n[+]shutdown ok\nreadyz check failed\n",
            Answer::body);
  }

  @Test
  void answersProbesThatUseAnyHostName() throws IOException {
    assertThat(send("GET", "/readyz", "10.1.2.3:8443").code()).isEqualTo(200);
  }

  @Test
  void servesMetricsInPrometheusFormat() throws IOException {
    Answer answer = get("/metrics");

    assertThat(answer).returns(200, Answer::code).returns("up 1\n", Answer::body);
    assertThat(answer.head())
        .contains("content-type: text/plain; version=0.0.4; charset=utf-8")
        .contains("x-content-type-options: nosniff")
        .contains("cache-control: no-cache, private");
  }

  @ParameterizedTest
  @CsvSource({
    "dump_priority_levels, PRIORITY_LEVELS false",
    "dump_queues, QUEUES false",
    "dump_requests, REQUESTS false",
    "dump_requests?includeRequestDetails, REQUESTS false",
    "dump_requests?includeRequestDetails=, REQUESTS false",
    "dump_requests?includeRequestDetails=1, REQUESTS true",
    "dump_requests?includeRequestDetails=0, REQUESTS true",
    "dump_requests?includeRequestDetails=false, REQUESTS true",
  })
  void dumpsAsKubeApiserverDoes(String path, String expected) throws IOException {
    assertThat(get(DUMPS + path)).returns(200, Answer::code).returns(expected + "\n", Answer::body);
  }

  @Test
  void hasNoDumpsWithoutQueues() throws IOException {
    pages.queues = false;

    assertThat(get(DUMPS + "dump_queues").code()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/", "/metrics/", "/debug/api_priority_and_fairness/", "/api", "/metrics%2f"})
  void knowsNoOtherPath(String path) throws IOException {
    assertThat(get(path)).returns(404, Answer::code).returns("404 page not found\n", Answer::body);
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH"})
  void changesNothing(String method) throws IOException {
    Answer answer = send(method, "/metrics", "localhost");

    assertThat(answer.code()).isEqualTo(405);
    assertThat(answer.head()).contains("allow: get, head");
  }

  @Test
  void answersHeadWithoutBody() throws IOException {
    assertThat(send("HEAD", "/livez", "localhost"))
        .returns(200, Answer::code)
        .returns("", Answer::body);
  }

  @ParameterizedTest
  @ValueSource(strings = {"evil.example", "evil.example:8443", "127.0.0.1.nip.io", "10.1.2.3"})
  void refusesHostNamesThatWerePointedAtThisMachine(String host) throws IOException {
    assertThat(send("GET", "/metrics", host).code()).isEqualTo(403);
    assertThat(send("GET", DUMPS + "dump_requests", host).code()).isEqualTo(403);
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "LOCALHOST:1", "127.0.0.1", "[::1]:8443"})
  void knowsTheNamesOfThisMachine(String host) throws IOException {
    assertThat(send("GET", "/metrics", host).code()).isEqualTo(200);
  }

  @Tag("S77")
  @Tag("S50")
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/readyz?%zz",
        "/livez?%zz",
        "/metrics?a=%",
        "/debug/api_priority_and_fairness/dump_requests?includeRequestDetails=%G0",
        "/debug/api_priority_and_fairness/explain?method=GET&url=%2",
      })
  void answersMalformedQueriesWith400(String path) throws IOException {
    assertThat(get(path).code()).isEqualTo(400);
    assertThat(refusals).containsExactly("400 admin-query");
    assertThat(get("/livez").code()).isEqualTo(200);
  }

  @Tag("S50")
  @Tag("S92")
  @ParameterizedTest
  @ValueSource(strings = {"/readyz", "/metrics", "/debug/api_priority_and_fairness/dump_queues"})
  void answers500WhateverIsThrown(String path) throws IOException {
    pages.thrown = new StackOverflowError("s3cret");

    Answer answer = get(path);

    assertThat(answer.code()).isEqualTo(500);
    assertThat(answer.body()).doesNotContain("s3cret");
    assertThat(refusals).containsExactly("500 defect");
    pages.thrown = null;
    assertThat(get(path).code()).isEqualTo(200);
  }
}
