package io.apfproxy.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.apfproxy.config.Enforcement;
import io.apfproxy.flowcontrol.LevelSnapshot.FlowSnapshot;
import io.apfproxy.flowcontrol.RejectReason;
import io.apfproxy.report.HeaviestFlow;
import io.apfproxy.time.ManualTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Second by second. Specification seeing.md V-06, V-68, V-69. */
class SamplerTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String LEVEL = FakeProxy.LEVEL;

  private final ManualTime time = new ManualTime();
  private final FakeProxy proxy = new FakeProxy(time);
  private final List<Runnable> thread = new ArrayList<>();
  private final Sampler sampler = new Sampler(proxy, (nanos, action) -> thread.add(action), time);
  private final List<Feed.Tick> told = new ArrayList<>();

  private void run() {
    List<Runnable> due = List.copyOf(thread);
    thread.clear();
    due.forEach(Runnable::run);
  }

  private JsonNode state() throws Exception {
    return JSON.readTree(sampler.state());
  }

  private JsonNode level(String name) throws Exception {
    for (JsonNode level : state().path("levels")) {
      if (level.path("name").asText().equals(name)) {
        return level;
      }
    }
    throw new AssertionError(name);
  }

  private JsonNode changes() throws Exception {
    return JSON.readTree("{" + told.get(told.size() - 1).members() + "}");
  }

  @Test
  void theStateIsThatOfTheLastTickHoweverOftenItIsRead() throws Exception {
    int looks = proxy.looks;

    assertThat(state().path("version").asInt()).isEqualTo(1);
    assertThat(state().path("tick").asInt()).isZero();
    assertThat(state().path("levels")).hasSize(proxy.control.snapshot().size());
    assertThat(proxy.looks).isEqualTo(looks);
    sampler.tick();
    assertThat(state().path("tick").asInt()).isEqualTo(1);
  }

  @Test
  void refusalsAreThoseOfOneSecondAndWaitsThoseOfTen() throws Exception {
    proxy.refuse(RejectReason.QUEUE_FULL, 3);
    proxy.wait(2, 1);
    sampler.tick();
    assertThat(level(LEVEL).path("refused").path("queue-full").asInt()).isEqualTo(3);
    assertThat(level(LEVEL).path("wait").asDouble()).isEqualTo(1.0);

    sampler.tick();
    assertThat(level(LEVEL).path("refused").path("queue-full").asInt()).isZero();
    assertThat(level(LEVEL).path("wait").asDouble()).isEqualTo(1.0);

    for (int i = 0; i < 10; i++) {
      sampler.tick();
    }
    assertThat(level(LEVEL).path("wait").isNull()).isTrue();
  }

  @Test
  void aWaitBeyondTheLastBucketIsNoNumberOfSeconds() throws Exception {
    proxy.wait(3, 1);
    sampler.tick();

    assertThat(level(LEVEL).path("wait").asInt()).isEqualTo(-1);
  }

  @Test
  void whoWatchesIsToldAllAtOnceAndThenWhatHasChanged() throws Exception {
    sampler.subscribe(Topic.list("levels,upstream"), told::add);
    assertThat(told).isEmpty();
    run();
    JsonNode hello = JSON.readTree("{" + told.get(0).members() + "}");
    assertThat(told.get(0).first()).isTrue();
    assertThat(hello.path("product").asText()).isEqualTo("1.2.3");
    assertThat(hello.path("levels").path("rows")).hasSize(proxy.control.snapshot().size());
    assertThat(hello.path("history").path("use").path(LEVEL)).hasSize(1);

    proxy.refuse(RejectReason.CONCURRENCY_LIMIT, 1);
    sampler.tick();
    assertThat(changes().path("levels").path("rows")).hasSize(1);
    int place = changes().path("levels").path("rows").get(0).get(0).asInt();
    assertThat(hello.path("levels").path("shapes").get(place).get(0).asText()).isEqualTo(LEVEL);
    assertThat(changes().path("levels").path("shapes")).isEmpty();
  }

  @Test
  void whoHasMissedATickIsToldAll() throws Exception {
    BehindListener behind = new BehindListener();
    sampler.subscribe(Topic.list("levels"), behind);
    run();
    sampler.tick();

    assertThat(behind.told.get(1).first()).isFalse();
    JsonNode full = JSON.readTree(behind.last());
    assertThat(full.path("levels").path("full").asBoolean()).isTrue();
    assertThat(full.path("levels").path("rows")).hasSize(proxy.control.snapshot().size());
    assertThat(full.path("levels").path("shapes")).hasSize(proxy.control.snapshot().size());
  }

  /** Places of rows count on the names being the same. */
  @Test
  void otherLevelsAreATickOfEverything() throws Exception {
    sampler.subscribe(Topic.list("levels"), told::add);
    run();
    sampler.tick();
    assertThat(changes().path("levels").path("full").asBoolean()).isFalse();
    proxy.gone = LEVEL;
    sampler.tick();

    assertThat(changes().path("levels").path("full").asBoolean()).isTrue();
    assertThat(changes().path("levels").path("shapes"))
        .hasSize(proxy.control.snapshot().size() - 1)
        .noneMatch(shape -> shape.get(0).asText().equals(LEVEL));
  }

  @Test
  void theHeaviestFlowIsNamedWhenItIsAnotherOne() throws Exception {
    proxy.heaviest = new HeaviestFlow.Flow("schema", "ann", 1);
    sampler.tick();
    sampler.subscribe(Topic.list("levels"), told::add);
    run();
    assertThat(heaviest().path(1).asText()).isEqualTo("ann");

    proxy.heaviest = new HeaviestFlow.Flow("schema", "ann", 2.5);
    sampler.tick();
    assertThat(heaviest().isNumber()).isTrue();
    assertThat(heaviest().asDouble()).isEqualTo(2.5);
    proxy.heaviest = new HeaviestFlow.Flow("schema", "bob", 2.5);
    sampler.tick();
    assertThat(heaviest().path(1).asText()).isEqualTo("bob");
  }

  private JsonNode heaviest() throws Exception {
    JsonNode rows = changes().path("levels").path("rows");
    JsonNode row = rows.get(0); // catch-all is the first by name
    return row.get(row.size() - 1);
  }

  @Test
  void theStateIsMadeReadyForWhoAsksAgainAndAgain() {
    List<Long> rendered = new ArrayList<>();
    StateText text =
        new StateText(
            sampleOf(1),
            one -> {
              rendered.add(one.tick());
              return "of " + one.tick();
            },
            2);
    text.next(sampleOf(2));
    assertThat(rendered).isEmpty();

    assertThat(text.text()).isEqualTo("of 2");
    assertThat(text.text()).isEqualTo("of 2");
    assertThat(rendered).containsExactly(2L);
    text.next(sampleOf(3));
    text.next(sampleOf(4));
    assertThat(rendered).containsExactly(2L, 3L, 4L);
    text.next(sampleOf(5));
    assertThat(rendered).as("two went by without a question").containsExactly(2L, 3L, 4L);
    assertThat(text.text()).isEqualTo("of 5");
  }

  private Sample sampleOf(long tick) {
    return new Sample(tick, Instant.EPOCH, List.of(), proxy.head(), List.of());
  }

  @Test
  void whoWatchesNoLongerIsToldNothing() {
    Feed.Subscription subscription = sampler.subscribe(Topic.list("levels"), told::add);
    run();
    subscription.close();
    subscription.close();
    sampler.tick();

    assertThat(told).hasSize(1);
  }

  @Test
  void aTopicIsRenderedOnceForAllWhoWatchIt() {
    for (int i = 0; i < 5; i++) {
      sampler.subscribe(Topic.list("top:user:1m:requests,queues:" + LEVEL), told::add);
    }
    run();
    proxy.tops = 0;
    proxy.queues = 0;
    sampler.tick();
    sampler.tick();

    assertThat(proxy.tops).isEqualTo(1); // it changes every two seconds
    assertThat(proxy.queues).isEqualTo(2);
  }

  @Test
  void differentTopicsAreBounded() {
    List<Feed.Subscription> open = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      open.add(sampler.subscribe(Topic.list("queues:" + i), told::add));
    }
    Set<Topic> one = Topic.list("queues:more");

    assertThatThrownBy(() -> sampler.subscribe(one, told::add))
        .isInstanceOf(IllegalStateException.class);
    assertThat(sampler.subscribe(Topic.list("queues:0"), told::add)).isNotNull();
    open.get(1).close();
    assertThat(sampler.subscribe(one, told::add)).isNotNull();
  }

  @Test
  @Tag("V-70")
  void aLevelIsToldOfWithWhoHoldsItsSeatsNow() throws Exception {
    sampler.subscribe(Topic.list("queues:" + LEVEL), told::add);
    run();
    sampler.tick();

    assertThat(changes().path("queues:" + LEVEL).path("users").toString())
        .isEqualTo("[[\"ann\",3,2,1]]");
  }

  @Test
  void fiveMinutesAreKept() {
    History history = new History();
    for (int i = 0; i < 2 * History.SECONDS; i++) {
      history.add(new LevelSampler(proxy).next());
    }

    assertThat(history.of(LEVEL, History.Figure.SEATS)).hasSize(History.SECONDS);
    assertThat(history.use(LEVEL)).hasSize(History.SECONDS / History.PIECE);
    history.add(List.of());
    assertThat(history.of(LEVEL, History.Figure.SEATS)).isEmpty();
  }

  @Test
  @Tag("V-70")
  void whatWouldHaveHappenedStandsBesideWhatDid() throws Exception {
    assertThat(level(LEVEL).has("shadow")).as("it holds everybody to its decisions").isFalse();

    proxy.enforcement = Enforcement.SHADOW;
    proxy.wouldRefuse(RejectReason.QUEUE_FULL, 5);
    sampler.tick();
    assertThat(level(LEVEL).path("shadow").path("wouldRefuse").path("queue-full").asInt())
        .as("of before anybody looked")
        .isZero();
    proxy.refuse(RejectReason.QUEUE_FULL, 1);
    proxy.wouldRefuse(RejectReason.QUEUE_FULL, 3);
    proxy.wouldWait(2, 1);
    sampler.tick();

    JsonNode shadow = level(LEVEL).path("shadow");
    assertThat(level(LEVEL).path("refused").path("queue-full").asInt()).isEqualTo(1);
    assertThat(shadow.path("wouldRefuse").path("queue-full").asInt()).isEqualTo(3);
    assertThat(level(LEVEL).path("wait").isNull()).isTrue();
    assertThat(shadow.path("wouldWaitSeconds").asDouble()).isEqualTo(1.0);
    assertThat(level("exempt").has("shadow")).isFalse();
  }

  @Test
  @Tag("V-70")
  void whatIsHeldIsToldBesideWhatWouldBe() throws Exception {
    proxy.enforcement = new Enforcement(50);
    proxy.flows = List.of(new FlowSnapshot("schema", 2, 2, 7, 9, 0, 4, 3));

    sampler.subscribe(Topic.list("levels"), told::add);
    run();
    sampler.tick();

    assertThat(level(LEVEL).path("shadow").path("heldSeats").asInt()).isEqualTo(9);
    assertThat(level(LEVEL).path("shadow").path("waiting").asInt()).isEqualTo(2);
    assertThat(level(LEVEL).path("shadow").path("wouldHoldSeats").asInt()).isEqualTo(3);
    assertThat(level(LEVEL).path("shadow").path("wouldWait").asInt()).isEqualTo(4);
    for (JsonNode row : changes().path("levels").path("rows")) {
      assertThat(row.path(row.size() - 1)).as(row.toString()).hasSize(8);
    }
    assertThat(changes().path("levels").path("rows")).isNotEmpty();
  }
}
