package io.apfproxy.flowcontrol;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.config.Enforcement;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.request.UserInfo;
import io.apfproxy.time.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FlowMetricsEventsTest {
  private static final String POD = "/api/v1/namespaces/ns/pods/p";

  private final ManualTime time = new ManualTime();
  private final List<String> events = new ArrayList<>();
  private final ApfFlowControl control = control();

  private ApfFlowControl control() {
    ApfFlowControl created =
        ApfFlowControl.create(
            FlowControlSettings.of(1),
            FlowControlConfiguration.empty(),
            time,
            time,
            (level, schema) -> new Recorder(level));
    created.apply(
        List.of(Config.schema("schema-a", "a", "ann")), List.of(Config.queuing("a", 100, 1, 1)));
    return created;
  }

  /** Writes down what happens at one level. */
  private final class Recorder implements FlowMetrics.FlowMeter {
    private final String level;

    Recorder(String level) {
      this.level = level;
    }

    private void note(String event) {
      events.add(level + " " + event);
    }

    @Override
    public void estimated(int seats) {
      note("estimated " + seats);
    }

    @Override
    public void watchersSeen(int count) {
      note("watchers " + count);
    }

    @Override
    public void enqueued(int queueLength) {
      note("enqueued " + queueLength);
    }

    @Override
    public void rejected(RejectReason reason) {
      note("rejected " + reason.label());
    }

    @Override
    public void dispatched() {
      note("dispatched");
    }

    @Override
    public void waited(long nanos, boolean execute) {
      note("waited " + nanos / 1_000_000 + " ms " + execute);
    }

    @Override
    public void executed(long nanos, boolean watch) {
      note("executed " + nanos / 1_000_000 + " ms " + watch);
    }

    @Override
    public void wouldReject(RejectReason reason) {
      note("would reject " + reason.label());
    }

    @Override
    public void wouldWait(long nanos, boolean execute) {
      note("would wait " + nanos / 1_000_000 + " ms " + execute);
    }
  }

  @Test
  void tellsTheLifeOfARequest() {
    Client first = Client.send(control, "ann", "PUT", POD);
    assertThat(events)
        .containsExactlyInAnyOrder(
            "a dispatched", "a waited 0 ms true", "a estimated 1", "a watchers 0", "a enqueued 1");
    events.clear();
    Client watch = Client.get(control, "ann", "/api/v1/namespaces/ns/pods?watch=1");
    time.advance(Duration.ofMillis(7));

    first.lease().close();
    time.advance(Duration.ofMillis(5));
    watch.lease().watchInitialised();
    time.advance(Duration.ofMillis(5));
    watch.lease().close();

    assertThat(events)
        .containsExactlyInAnyOrder(
            "a estimated 1",
            "a enqueued 1",
            "a executed 7 ms false",
            "a dispatched",
            "a waited 7 ms true",
            "a executed 5 ms true");
  }

  @Test
  void countsAWaitInVainAsTheReferenceDoes() {
    Client.get(control, "ann", POD);
    Client late = Client.get(control, "ann", POD);
    events.clear();
    Client.get(control, "ann", POD);
    time.advance(Duration.ofSeconds(15));
    late.admission().cancel();

    assertThat(events)
        .containsExactlyInAnyOrder(
            "a waited 0 ms false",
            "a rejected queue-full",
            "a estimated 1",
            "a waited 15000 ms true",
            "a rejected time-out");
  }

  /** Source: specification seeing.md V-37, V-38. */
  @Test
  void tellsApartWhatHappenedAndWhatWouldHaveHappened() {
    control.apply(
        List.of(Config.schema("schema-a", "a", "ann")),
        List.of(Config.enforcing(Config.queuing("a", 100, 1, 1), Enforcement.SHADOW)));
    Client first = Client.get(control, "ann", POD);
    events.clear();

    Client second = Client.get(control, "ann", POD);
    Client third = Client.get(control, "ann", POD);

    assertThat(second.executes()).isTrue();
    assertThat(third.executes()).isTrue();
    assertThat(second.admission().isWaiting()).isFalse();
    assertThat(second.admission().wouldWait()).isTrue();
    assertThat(events)
        .containsExactlyInAnyOrder(
            "a estimated 1",
            "a enqueued 1",
            "a dispatched",
            "a waited 0 ms true",
            "a would wait 0 ms false",
            "a would reject queue-full",
            "a estimated 1",
            "a dispatched",
            "a waited 0 ms true");
    events.clear();
    time.advance(Duration.ofMillis(7));
    second.lease().close();
    assertThat(second.lease().seatNanos()).isEqualTo(7_000_000);
    third.lease().close();
    first.lease().close();
    assertThat(second.admission().wouldWait()).isFalse();
    assertThat(level().seatsInUse()).as("seats the second would hold").isEqualTo(1);
    assertThat(level().flows().get(0).executing()).as("really executing").isZero();
    assertThat(level().flows().get(0).shadowExecutingSeats()).isEqualTo(1);
    time.advance(Duration.ofMillis(7));
    assertThat(level().seatsInUse()).isZero();
    assertThat(events)
        .containsExactlyInAnyOrder(
            "a executed 7 ms false",
            "a executed 7 ms false",
            "a executed 7 ms false",
            "a would wait 7 ms true");
  }

  private LevelSnapshot level() {
    return control.snapshot().stream()
        .filter(level -> level.name().equals("a"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void measuresNoWaitWhereNothingEverWaits() {
    Client.send(control, UserInfo.of("admin", UserInfo.MASTERS), "GET", POD);

    assertThat(events).containsExactlyInAnyOrder("exempt dispatched", "exempt estimated 1");
  }
}
