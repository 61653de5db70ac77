package io.apfproxy.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.admin.AdminPages.Check;
import io.apfproxy.admin.AdminPages.Dump;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Covers S77, S78 and S81 of the security specification as far as the admin listener goes. */
class AdminServerIT {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String DUMPS = "/debug/api_priority_and_fairness/";

  private final Vertx vertx = Vertx.vertx();
  private final Pages pages = new Pages();
  private int port;

  private record Answer(int code, String head, String body) {}

  private static final class Pages extends FakePages {
    private volatile boolean upstream = true;
    private volatile boolean queues = true;
    private volatile String note = "";
    private final CountDownLatch slow = new CountDownLatch(1);
    private final CountDownLatch entered = new CountDownLatch(1);
    private volatile boolean block;
    private volatile @Nullable Error thrown;

    private void fail() {
      Error error = thrown;
      if (error != null) {
        throw error;
      }
    }

    @Override
    public List<Check> readiness() {
      fail();
      return List.of(new Check("upstream", upstream), new Check("shutdown", true, note));
    }

    @Override
    public String metrics() {
      fail();
      stand();
      return "up 1\n";
    }

    private void stand() {
      if (block) {
        entered.countDown();
        try {
          slow.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    }

    @Override
    public Optional<String> explain(
        String method, String url, @Nullable String user, List<String> groups, boolean json) {
      if (url.isEmpty()) {
        throw new IllegalArgumentException("no URL");
      }
      return queues
          ? Optional.of(
              (json ? "as JSON " : "")
                  + method
                  + " "
                  + url
                  + " by "
                  + user
                  + " of "
                  + groups
                  + "\n")
          : Optional.empty();
    }

    @Override
    public Optional<String> top(
        @Nullable String by,
        @Nullable String window,
        @Nullable String sort,
        @Nullable String limit,
        String output) {
      return Optional.empty();
    }

    @Override
    public Optional<String> dump(Dump what, boolean withRequestDetails) {
      fail();
      stand();
      return queues ? Optional.of(what + " " + withRequestDetails + "\n") : Optional.empty();
    }
  }

  private final Queue<String> refusals = new ConcurrentLinkedQueue<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AdminDoor door =
      new AdminDoor() {
        @Override
        public void open(Context context) {}

        @Override
        public void refused(
            int code, String rule, String message, @Nullable Throwable cause, String address) {
          refusals.add(code + " " + rule);
        }

        @Override
        public void cutOff(String rule, String message, String address) {
          refusals.add("cut off " + rule);
        }
      };

  @BeforeEach
  void start() throws Exception {
    AdminServer server = AdminServer.plain(vertx, pages, door);
    port = server.listen("127.0.0.1", 0).await(60, TimeUnit.SECONDS);
  }

  @AfterEach
  void stop() throws Exception {
    pages.slow.countDown();
    threads.shutdown();
    vertx.close().await(60, TimeUnit.SECONDS);
  }

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

  private Answer get(String path) throws IOException {
    return send("GET", path, "localhost:" + port);
  }

  private Answer send(String method, String path, String host) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(60_000);
      String head =
          method + " " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      String all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int end = all.indexOf("\r\n\r\n");
      return new Answer(
          Integer.parseInt(all.substring(9, 12)),
          all.substring(0, end).toLowerCase(Locale.ROOT),
          all.substring(end + 4));
    }
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

  private java.util.concurrent.CompletableFuture<Answer> ask(String path) {
    return java.util.concurrent.CompletableFuture.supplyAsync(
        () -> {
          try {
            return get(path);
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        },
        threads);
  }

  @Tag("S81")
  @Test
  void makesOnePageForAllWhoAskMeanwhileAndOthersInTurn() throws Exception {
    // Given
    pages.block = true;
    var first = ask("/metrics");
    assertThat(pages.entered.await(60, TimeUnit.SECONDS)).isTrue();

    // When
    var scrapers = Stream.generate(() -> ask("/metrics")).limit(5).toList();
    var dump = ask(DUMPS + "dump_requests");

    // Then
    assertThat(get("/livez").code()).as("probes do not wait").isEqualTo(200);
    pages.slow.countDown();
    assertThat(first.get(60, TimeUnit.SECONDS).code()).isEqualTo(200);
    for (var scraper : scrapers) {
      assertThat(scraper.get(60, TimeUnit.SECONDS)).returns("up 1\n", Answer::body);
    }
    assertThat(dump.get(60, TimeUnit.SECONDS).code()).isEqualTo(200);
    assertThat(refusals).isEmpty();
  }

  @Tag("S81")
  @Test
  void scrapesAndTopTalkersWaitForNoDump() throws Exception {
    pages.block = true;
    var dump = ask(DUMPS + "dump_requests");
    assertThat(pages.entered.await(60, TimeUnit.SECONDS)).isTrue();
    pages.block = false;

    assertThat(get("/metrics").code()).isEqualTo(200);
    assertThat(get("/debug/apf-proxy/top").body())
        .isEqualTo("404: --top-counters=0 lets nobody be counted\n");
    assertThat(dump).isNotDone();

    pages.slow.countDown();
    assertThat(dump.get(60, TimeUnit.SECONDS).code()).isEqualTo(200);
  }

  @Tag("S81")
  @Test
  void refusesOnlyWhenTooManyDifferentPagesWait() throws Exception {
    pages.block = true;
    var first = ask(DUMPS + "dump_requests");
    assertThat(pages.entered.await(60, TimeUnit.SECONDS)).isTrue();
    var pending =
        IntStream.range(0, 40)
            .mapToObj(i -> ask(DUMPS + "explain?method=GET&url=%2F" + i))
            .toList();
    await().atMost(LONG).until(() -> refusals.size() == 40 - 32);

    pages.slow.countDown();

    assertThat(first.get(60, TimeUnit.SECONDS).code()).isEqualTo(200);
    int served = 0;
    for (var page : pending) {
      Answer answer = page.get(60, TimeUnit.SECONDS);
      if (answer.code() == 200) {
        served++;
      } else {
        assertThat(answer.code()).isEqualTo(429);
        assertThat(answer.head()).contains("retry-after: 1");
      }
    }
    assertThat(served).isEqualTo(32);
    assertThat(refusals).containsOnly("429 admin-pages");
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
