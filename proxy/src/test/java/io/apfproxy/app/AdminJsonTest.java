package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.apfproxy.command.Explanation;
import io.apfproxy.command.ExplanationJson;
import io.apfproxy.command.NowText;
import io.apfproxy.command.RefusalJson;
import io.apfproxy.command.TopJson;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.config.PriorityLevelConfiguration;
import io.apfproxy.flowcontrol.Circumstances;
import io.apfproxy.flowcontrol.Classification;
import io.apfproxy.flowcontrol.PresentRequest;
import io.apfproxy.live.FakeProxy;
import io.apfproxy.live.Feed;
import io.apfproxy.live.Sampler;
import io.apfproxy.live.Topic;
import io.apfproxy.report.Account;
import io.apfproxy.report.HeaviestFlow;
import io.apfproxy.report.Reporter;
import io.apfproxy.report.refusals.RefusalBook;
import io.apfproxy.report.refusals.RefusalQuestion;
import io.apfproxy.report.talkers.NowAnswer;
import io.apfproxy.report.talkers.NowQuestion;
import io.apfproxy.report.talkers.Talk;
import io.apfproxy.report.talkers.Talkers;
import io.apfproxy.report.talkers.TopAnswer;
import io.apfproxy.report.talkers.TopQuestion;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.request.RequestInfoParser;
import io.apfproxy.request.RequestTarget;
import io.apfproxy.request.UserInfo;
import io.apfproxy.time.ManualTime;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * What the operators' pages say as JSON: each begins with its version, has the fields that it
 * always had, and shows what clients wrote cut and escaped. Specification seeing.md V-04;
 * security.md S80.
 */
@Tag("S80")
class AdminJsonTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int LONGEST_NAME = 128;
  private static final String HOSTILE = "\u001b[2J\u202e\u0000\"}]<script>\ud83d\ude00".repeat(40);
  private static final Pattern CONTROLS = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]");
  private static final String LEVEL = FakeProxy.LEVEL;

  private final ManualTime time = new ManualTime();
  private final Classification place = new Classification("schema", "", LEVEL, "", HOSTILE);

  /** Fields that readers may count on: a page may have more, but never less. */
  private static final Map<String, Set<String>> FIELDS =
      Map.of(
          "top",
          Set.of(
              "version by window sort from until seconds counters lost total total.requests rows"
                  .split(" ")),
          "now",
          Set.of("version by window sort at total total.seats rows rows[].key".split(" ")),
          "refusals",
          Set.of(
              ("version capacity remembered total since rows rows[].time rows[].auditId rows[].rule"
                      + " rows[].would rows[].code rows[].message rows[].user rows[].agent"
                      + " rows[].address rows[].request rows[].flowSchema rows[].priorityLevel"
                      + " rows[].flowDistinguisher rows[].waitedSeconds rows[].inUse rows[].limit"
                      + " rows[].queue rows[].queueLength rows[].queueLengthLimit"
                      + " rows[].heaviestFlow rows[].heaviestFlow.own")
                  .split(" ")),
          "explain",
          Set.of(
              "version steps steps[].what steps[].text steps[].flowSchema steps[].priorityLevel"
                  .split(" ")),
          "state",
          Set.of(
              ("version tick time upstream upstream.product upstream.instance upstream.seats"
                      + " upstream.limit upstream.waiting upstream.refused upstream.checks"
                      + " upstream.bounds upstream.certificates upstream.pools"
                      + " levels levels[].name levels[].exempt levels[].quiescing levels[].seats"
                      + " levels[].executing levels[].waiting levels[].limit levels[].nominal"
                      + " levels[].min levels[].max levels[].enforcedPercent levels[].queues"
                      + " levels[].queueLengthLimit levels[].dispatched levels[].rejected"
                      + " levels[].refused levels[].wait levels[].heaviest sources")
                  .split(" ")),
          "queues",
          Set.of(
              ("version tick time queues queues.level queues.demand queues.schemas queues.users"
                      + " queues.queues queues.queues.number queues.queues.squares queues.history")
                  .split(" ")),
          "events",
          Set.of(
              ("version tick time product instance history levels levels.full levels.rows"
                      + " levels.shapes refusals refusals.full refusals.total"
                      + " refusals.leftOut refusals.rows sources upstream")
                  .split(" ")));

  @TestFactory
  List<DynamicTest> saysWhatItAlwaysSaid() throws Exception {
    List<DynamicTest> tests = new ArrayList<>();
    for (Map.Entry<String, String> page : pages().entrySet()) {
      tests.add(
          DynamicTest.dynamicTest(
              page.getKey(),
              () -> {
                JsonNode json = JSON.readTree(page.getValue());
                assertThat(json.fieldNames().next()).isEqualTo("version");
                assertThat(json.path("version").asInt()).isEqualTo(1);
                Set<String> fields = new TreeSet<>();
                fields("", json, fields);
                assertThat(fields).containsAll(FIELDS.get(page.getKey()));
              }));
    }
    assertThat(tests).hasSameSizeAs(FIELDS.keySet());
    return tests;
  }

  @TestFactory
  List<DynamicTest> cutsAndEscapesWhatClientsWrote() throws Exception {
    List<DynamicTest> tests = new ArrayList<>();
    for (Map.Entry<String, String> page : pages().entrySet()) {
      tests.add(
          DynamicTest.dynamicTest(
              page.getKey(),
              () -> {
                List<String> hostile = new ArrayList<>();
                texts("", JSON.readTree(page.getValue()), hostile);
                assertThat(hostile).as("the page shows it").isNotEmpty();
                assertThat(page.getValue().strip()).doesNotContainPattern(CONTROLS);
              }));
    }
    return tests;
  }

  /** Names of all members. */
  private static void fields(String path, JsonNode json, Set<String> found) {
    if (json.isArray()) {
      json.forEach(one -> fields(path + "[]", one, found));
    }
    json.properties()
        .forEach(
            member -> {
              String name = path.isEmpty() ? member.getKey() : path + "." + member.getKey();
              found.add(name);
              fields(name, member.getValue(), found);
            });
  }

  /** The texts that came of the hostile one; each has to be harmless, and no longer than it may. */
  private static void texts(String path, JsonNode json, List<String> found) {
    if (json.isTextual() && json.asText().contains("[2J")) {
      String text = json.asText();
      assertThat(text).as(path).doesNotContainPattern(CONTROLS);
      boolean sentence = path.endsWith(".request") || path.endsWith(".message");
      assertThat(text.getBytes(StandardCharsets.UTF_8).length)
          .as(path)
          .isLessThanOrEqualTo(
              sentence ? 4 * LONGEST_NAME : path.endsWith(".text") ? 4096 : LONGEST_NAME);
      found.add(text);
    }
    if (json.isArray()) {
      json.forEach(one -> texts(path + "[]", one, found));
    }
    json.properties().forEach(one -> texts(path + "." + one.getKey(), one.getValue(), found));
  }

  /** Each of them, of a proxy that was asked by somebody who calls himself hostile names. */
  private Map<String, String> pages() throws Exception {
    Talkers talkers = talkers();
    RefusalBook book = new RefusalBook(time);
    HeaviestFlow.Flow heaviest = talkers.heaviest().heaviest(LEVEL);
    assertThat(heaviest).isNotNull();
    refuse(book.reporter().ofLoop(), heaviest);
    List<Runnable> thread = new ArrayList<>();
    List<Feed.Tick> told = new ArrayList<>();
    Sampler sampler =
        new Sampler(watched(talkers, book), (nanos, action) -> thread.add(action), time);
    sampler.tick();
    sampler.subscribe(Topic.list("levels,refusals,sources,upstream"), told::add);
    thread.forEach(Runnable::run);
    Sampler direct = new Sampler(watched(talkers, book), (nanos, action) -> action.run(), time);
    return Map.of(
        "top",
        TopJson.write(top(talkers)),
        "now",
        NowText.json(now()),
        "refusals",
        RefusalJson.write(book.find(new RefusalQuestion(null, null, null, null, 10))),
        "explain",
        ExplanationJson.write(explained()),
        "state",
        sampler.state(),
        "queues",
        direct.queues(LEVEL).orElseThrow(),
        "events",
        "{" + told.get(0).members() + "}");
  }

  private FakeProxy watched(Talkers talkers, RefusalBook book) {
    return new FakeProxy(time, FlowControlConfiguration.builtIn(), book) {
      @Override
      public HeaviestFlow heaviest() {
        return talkers.heaviest();
      }
    };
  }

  private Talkers talkers() {
    Talkers talkers = new Talkers(16, time);
    Reporter loop = talkers.reporter().ofLoop();
    loop.ended(
        Talk.of(time.nanoTime(), HOSTILE, "GET", "/api/v1/pods", HOSTILE)
            .into(LEVEL, "schema", HOSTILE)
            .waited(5)
            .held(3)
            .ended(time.nanoTime()));
    for (int i = 0; i < 200; i++) {
      talkers.turn();
      time.advance(Duration.ofMillis(Talkers.PERIOD_MILLIS));
    }
    return talkers;
  }

  private static TopAnswer top(Talkers talkers) {
    var answer = talkers.ask(TopQuestion.of("user", "1m", "requests", null));
    talkers.answer();
    return answer.join();
  }

  private static RequestDigest digest() throws RefusedException {
    RequestTarget target = RequestTarget.parse("/api/v1/pods");
    return new RequestDigest(
        RequestInfoParser.parse("GET", target), UserInfo.of(HOSTILE), target.query());
  }

  private NowAnswer now() throws RefusedException {
    return NowAnswer.of(
        NowQuestion.of("user", null, null),
        time.epochMillis(),
        List.of(new PresentRequest(digest(), place, 1, true)));
  }

  private void refuse(Reporter loop, HeaviestFlow.Flow heaviest) throws RefusedException {
    Account account =
        new Account(
            time.nanoTime(), "the-id", "192.0.2.1", "GET", "/api/v1/pods?x=" + HOSTILE, HOSTILE);
    account.identified(UserInfo.of(HOSTILE), "AUTO", digest(), time.nanoTime());
    account.classified(place);
    loop.wouldRefuse(
        account,
        new RefusedException(429, "TooManyRequests", "queue-full", "no place for " + HOSTILE)
            .retryAfter(2)
            .forSeats(1),
        new Circumstances(20, 20, 7, 50, 50),
        heaviest);
  }

  private static Explanation explained() throws RefusedException {
    return Explanation.of(
        FlowControlConfiguration.builtIn(),
        new Explanation.Seats() {
          @Override
          public String width(PriorityLevelConfiguration level, RequestDigest digest) {
            return "1 seat";
          }

          @Override
          public int width(RequestDigest digest) {
            return 1;
          }

          @Override
          public String limit(PriorityLevelConfiguration level) {
            return "20 seats";
          }

          @Override
          public String burst(PriorityLevelConfiguration level) {
            return "none";
          }
        },
        "GET",
        "/api/v1/pods",
        HOSTILE,
        List.of(HOSTILE));
  }
}
