package io.apfproxy.flowcontrol;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.config.Enforcement;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.request.UserInfo;
import io.apfproxy.time.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is said of requests that are not held to the decision. One seat, a queue of one place. */
@Tag("V-37")
class ShadowVerdictTest {
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private final ManualTime time = new ManualTime();
  private final ApfFlowControl control =
      ApfFlowControl.create(
          FlowControlSettings.of(1),
          FlowControlConfiguration.empty(),
          time,
          time,
          FlowMetrics.NONE);

  /** A request, and what it was told of itself; of what comes after its exchange apart. */
  private final class Sent implements AdmissionListener {
    private final List<String> told = new ArrayList<>();
    private final List<String> toldAfterwards = new ArrayList<>();
    private @Nullable SeatLease lease;

    Sent(String method) {
      String pod = "/api/v1/namespaces/ns/pods/p";
      control
          .admit(Client.digest(UserInfo.of("ann", UserInfo.AUTHENTICATED), method, pod), this)
          .wouldWaitAtMost(PATIENCE.toNanos());
    }

    @Override
    public void onExecute(SeatLease seats) {
      lease = seats;
    }

    @Override
    public void onReject(Rejection rejection) {
      throw new AssertionError(rejection);
    }

    @Override
    public void onWouldExecute(long waitedNanos) {
      told.add(waited(waitedNanos));
    }

    @Override
    public void onWouldReject(Rejection rejection, long waitedNanos) {
      told.add(waited(waitedNanos) + ", then " + text(rejection));
    }

    @Override
    public ShadowListener afterExchange() {
      return new ShadowListener() {
        @Override
        public void onWouldExecute(long waitedNanos) {
          toldAfterwards.add(waited(waitedNanos));
        }

        @Override
        public void onWouldReject(Rejection rejection, long waitedNanos) {
          toldAfterwards.add(waited(waitedNanos) + ", then " + text(rejection));
        }
      };
    }

    private static String waited(long nanos) {
      return "waited " + Duration.ofNanos(nanos).toMillis() + " ms";
    }

    private static String text(Rejection rejection) {
      return rejection.reason().label() + ": " + rejection.why();
    }

    SeatLease lease() {
      return Objects.requireNonNull(lease);
    }

    String verdict() {
      return Objects.requireNonNull(lease().wouldHave()).text();
    }
  }

  private void apply(Enforcement enforcement) {
    control.apply(
        List.of(Config.schema("schema-a", "a", "ann")),
        List.of(Config.enforcing(Config.queuing("a", 100, 1, 1), enforcement)));
  }

  @Test
  void saysWhetherAndHowLongOneWouldHaveWaited() {
    apply(Enforcement.SHADOW);
    Sent first = new Sent("GET");
    Sent second = new Sent("GET");
    assertThat(first.verdict()).isEqualTo("pass");
    assertThat(second.verdict()).isEqualTo("wait 0s or more");

    time.advance(Duration.ofMillis(7));
    assertThat(second.verdict()).isEqualTo("wait 7ms or more");
    first.lease().close();
    time.advance(Duration.ofMillis(5));

    assertThat(first.verdict()).isEqualTo("pass");
    assertThat(second.verdict()).isEqualTo("wait 7ms");
    second.lease().close();
    time.advance(Duration.ofSeconds(1));
    assertThat(second.verdict()).isEqualTo("wait 7ms");
    assertThat(first.told).isEmpty();
    assertThat(second.told).containsExactly("waited 7 ms");
    assertThat(second.toldAfterwards).isEmpty();
  }

  @Test
  void tellsHowLongOneWouldHaveWaitedWhoseExchangeIsOver() {
    apply(Enforcement.SHADOW);
    Sent first = new Sent("GET");
    Sent over = new Sent("GET");
    time.advance(Duration.ofMillis(7));
    over.lease().close();
    time.advance(Duration.ofMillis(5));
    first.lease().close();
    time.advance(Duration.ofSeconds(1));

    assertThat(over.verdict()).isEqualTo("wait 12ms");
    assertThat(over.told).isEmpty();
    assertThat(over.toldAfterwards).containsExactly("waited 12 ms");
  }

  @Test
  void tellsOnceThatThereWouldHaveBeenNoPlace() {
    apply(Enforcement.SHADOW);
    new Sent("GET");
    new Sent("GET");
    Sent third = new Sent("GET");

    assertThat(third.verdict()).isEqualTo("refuse queue-full");
    third.lease().close();
    time.advance(PATIENCE.multipliedBy(2));
    assertThat(third.told)
        .containsExactly(
            "waited 0 ms, then queue-full: all 1 places of this request's queue are taken and no seat is free");
    assertThat(third.toldAfterwards).isEmpty();
  }

  @Test
  void tellsOfAWaitThatWouldHaveBeenInVainAlsoWhenTheExchangeIsOver() {
    apply(Enforcement.SHADOW);
    new Sent("GET");
    Sent over = new Sent("GET");
    time.advance(Duration.ofSeconds(1));
    over.lease().close();
    time.advance(PATIENCE);

    assertThat(over.verdict()).isEqualTo("refuse time-out");
    assertThat(over.told).isEmpty();
    assertThat(over.toldAfterwards)
        .containsExactly("waited 15000 ms, then time-out: no seat came free within 15 s");
  }

  @Test
  void tellsOfAWaitInVainWhileTheExchangeGoesOn() {
    apply(Enforcement.SHADOW);
    new Sent("GET");
    Sent goesOn = new Sent("GET");
    time.advance(PATIENCE);

    assertThat(goesOn.told)
        .containsExactly("waited 15000 ms, then time-out: no seat came free within 15 s");
    goesOn.lease().close();
    assertThat(goesOn.toldAfterwards).isEmpty();
  }

  @Test
  void saysNothingOfOneThatIsHeldToTheDecision() {
    apply(Enforcement.ENFORCE);
    assertThat(new Sent("GET").lease().wouldHave()).isNull();
  }
}
