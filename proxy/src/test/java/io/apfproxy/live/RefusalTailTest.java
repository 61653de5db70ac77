package io.apfproxy.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.apfproxy.flowcontrol.Circumstances;
import io.apfproxy.report.Account;
import io.apfproxy.report.Reporter;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.request.RequestInfo;
import io.apfproxy.request.RequestInfoParser;
import io.apfproxy.request.RequestTarget;
import io.apfproxy.request.UserInfo;
import io.apfproxy.time.ManualTime;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Refusals as those hear of them who watch. In virtual time. */
@Tag("V-68")
class RefusalTailTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MOST_BYTES = 100_000;

  private final ManualTime time = new ManualTime();
  private final FakeProxy proxy = new FakeProxy(time);
  private final Reporter loop = proxy.book.reporter().ofLoop();
  private final List<Runnable> thread = new ArrayList<>();
  private final Sampler sampler = new Sampler(proxy, (nanos, action) -> thread.add(action), time);
  private final List<Feed.Tick> told = new ArrayList<>();
  private final BehindListener behind = new BehindListener();

  private Account account(String user, String text) throws RefusedException {
    Account account =
        new Account(time.nanoTime(), "id of " + user, "192.0.2.1", "GET", "/api" + text, text);
    RequestInfo info = RequestInfoParser.parse("GET", RequestTarget.parse("/api"));
    UserInfo who = UserInfo.of(user);
    account.identified(who, "AUTO", new RequestDigest(info, who, ""), time.nanoTime());
    return account;
  }

  private static RefusedException refusal(String text) {
    return new RefusedException(429, "TooManyRequests", "queue-full", "no seat is free" + text);
  }

  private void refuse(String user, String text) throws RefusedException {
    Account account = account(user, text);
    account.refused(refusal(text));
    loop.answered(account);
  }

  private void wouldRefuse(String user, String text) throws RefusedException {
    loop.wouldRefuse(account(user, text), refusal(text), Circumstances.NONE, null);
  }

  private void second() {
    time.advance(Duration.ofSeconds(1));
    sampler.tick();
  }

  private void watch() {
    sampler.subscribe(Topic.list("refusals"), told::add);
    sampler.subscribe(Topic.list("refusals"), behind);
    thread.forEach(Runnable::run);
    thread.clear();
  }

  private static JsonNode read(String tick) throws Exception {
    return JSON.readTree(tick).path("refusals");
  }

  private JsonNode all() throws Exception {
    return read(behind.last());
  }

  private JsonNode news() throws Exception {
    return read("{" + told.get(told.size() - 1).members() + "}");
  }

  private static List<String> users(JsonNode refusals) {
    List<String> users = new ArrayList<>();
    refusals.path("rows").forEach(row -> users.add(row.path("user").asText()));
    return users;
  }

  @Test
  void eachIsToldOfOnceTheLastOneFirst() throws Exception {
    refuse("ann", "");
    second();
    watch();
    assertThat(users(all())).containsExactly("ann");

    refuse("bob", "");
    wouldRefuse("cid", "");
    second();

    assertThat(news().path("full").asBoolean()).isFalse();
    assertThat(users(news())).containsExactly("cid", "bob");
    assertThat(news().path("rows").get(0).path("would").asBoolean()).isTrue();
    assertThat(news().path("rows").get(1).path("auditId").asText()).isEqualTo("id of bob");
    assertThat(news().path("total").asInt()).isEqualTo(3);
    assertThat(all().path("full").asBoolean()).isTrue();
    assertThat(users(all())).containsExactly("cid", "bob", "ann");
    second();
    assertThat(news().path("rows")).isEmpty();
    assertThat(users(all())).containsExactly("cid", "bob", "ann");
  }

  @Test
  void whoComesBetweenTwoTicksIsToldOfWhatComesMeanwhileByTheNext() throws Exception {
    refuse("ann", "");
    watch();
    assertThat(all().path("rows")).isEmpty();

    second();

    assertThat(users(news())).containsExactly("ann");
  }

  @Test
  void aFloodIsToldOfByItsLastOnesAndByHowManyWereLeftOut() throws Exception {
    watch();
    for (int i = 0; i < 1_000; i++) {
      wouldRefuse("spared" + i, "");
    }
    refuse("ann", "");
    second();

    assertThat(users(news())).hasSize(1 + RefusalTail.A_SECOND).startsWith("ann", "spared999");
    assertThat(news().path("leftOut").asInt()).isEqualTo(1_000 - RefusalTail.A_SECOND);
    for (int second = 0; second < 10; second++) {
      for (int i = 0; i < 1_000; i++) {
        wouldRefuse("spared" + i, "");
      }
      second();
    }
    assertThat(users(all())).hasSize(1 + RefusalTail.KEPT).contains("ann");
    assertThat(news().path("leftOut").asInt()).isEqualTo(11 * (1_000 - RefusalTail.A_SECOND));
    assertThat(news().path("total").asInt()).isEqualTo(11_001);
  }

  @Test
  void whatTheBookHadNoRoomForIsLeftOutToo() throws Exception {
    watch();
    for (int i = 0; i < 3 * 4_096; i++) {
      refuse("user" + i, "");
      time.advance(Duration.ofMillis(10)); // so that there is room for the kinds
    }
    second();

    assertThat(news().path("rows")).hasSize(RefusalTail.A_SECOND);
    assertThat(news().path("leftOut").asInt()).isEqualTo(3 * 4_096 - RefusalTail.A_SECOND);
  }

  @Test
  @Tag("V-69")
  void aTickIsNoLongerThanItMayBeWhateverClientsWrite() throws Exception {
    watch();
    for (int i = 0; i < RefusalTail.A_SECOND; i++) {
      refuse(i + "\"".repeat(500), "\"".repeat(1_000));
      wouldRefuse(i + "\"".repeat(500), "\"".repeat(1_000));
    }
    second();

    assertThat(users(news())).hasSizeBetween(20, 2 * RefusalTail.A_SECOND - 1);
    assertThat(news().path("leftOut").asInt())
        .isEqualTo(2 * RefusalTail.A_SECOND - news().path("rows").size());
    assertThat(told.get(told.size() - 1).members().getBytes(StandardCharsets.UTF_8).length)
        .isBetween(MOST_BYTES / 2, MOST_BYTES);
  }
}
