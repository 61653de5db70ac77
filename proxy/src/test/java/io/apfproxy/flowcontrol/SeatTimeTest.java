package io.apfproxy.flowcontrol;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.report.Account;
import io.apfproxy.time.ManualTime;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How long each request held how many seats, to the nanosecond. */
class SeatTimeTest {
  private static final String PODS = "/api/v1/namespaces/ns/pods/p";
  private static final String WATCH = "/api/v1/namespaces/ns/pods?watch=1";
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final ManualTime time = new ManualTime();
  private final ApfFlowControl control = control(2);

  private ApfFlowControl control(int seats) {
    ApfFlowControl made =
        ApfFlowControl.create(
            FlowControlSettings.of(seats),
            FlowControlConfiguration.empty(),
            time,
            time,
            FlowMetrics.NONE);
    made.apply(
        List.of(Config.schema("schema-a", "a", "ann")), List.of(Config.queuing("a", 100, 4, 10)));
    return made;
  }

  private void seconds(int number) {
    time.advance(Duration.ofSeconds(number));
  }

  @Test
  void growsWhileSeatsAreHeldAndNeverAgain() {
    Client client = Client.get(control, "ann", PODS);
    assertThat(client.lease().seatNanos()).isZero();
    time.advance(Duration.ofNanos(7));
    assertThat(client.lease().seatNanos()).isEqualTo(7);
    seconds(3);
    client.lease().close();
    seconds(9);
    client.lease().close();

    assertThat(client.lease().seatNanos()).isEqualTo(3 * SECOND + 7);
  }

  @Test
  void doesNotCountTheTimeInAQueue() {
    Client first = Client.get(control, "ann", PODS);
    Client second = Client.get(control, "ann", PODS);
    Client waits = Client.get(control, "ann", PODS);
    seconds(5);
    first.lease().close();
    second.lease().close();
    seconds(2);
    waits.lease().close();

    assertThat(waits.lease().seatNanos()).isEqualTo(2 * SECOND);
  }

  @Test
  void endsForAWatchWhenItHasSentItsInitialEvents() {
    Client watch = Client.get(control, "ann", WATCH);
    seconds(1);
    watch.lease().watchInitialised();
    seconds(1000);
    watch.lease().close();

    assertThat(watch.lease().seatNanos()).isEqualTo(SECOND);
  }

  /** Two seats, as twenty watch, which stay held for 5 ms after its response. */
  @Test
  void countsEverySeatAndTheTimeAfterTheResponse() {
    ApfFlowControl wide = control(100);
    for (int i = 0; i < 20; i++) {
      Client.get(wide, "ann", WATCH).lease().watchInitialised();
    }
    Client write = Client.send(wide, "ann", "PUT", PODS);
    seconds(3);
    write.lease().close();

    assertThat(write.lease().seatNanos()).isEqualTo(2 * (3 * SECOND + 5_000_000));
    seconds(1);
    assertThat(write.lease().seatNanos()).isEqualTo(2 * (3 * SECOND + 5_000_000));
  }

  @Test
  void isThatOfOnePlaceWithTheClassicLimits() {
    MaxInFlight classic = new MaxInFlight(1, 0, time);
    Client counted = Client.get(classic, "ann", PODS);
    Client unlimited = Client.send(classic, "ann", "PUT", PODS);
    seconds(2);
    counted.lease().close();
    unlimited.lease().close();
    seconds(2);

    assertThat(counted.lease().seatNanos()).isEqualTo(2 * SECOND);
    assertThat(unlimited.lease().seatNanos()).isZero();
  }

  @Test
  void standsInTheAccountAndIsReadWithoutAllocating() {
    Account account = new Account(1, "id", "192.0.2.1", "GET", "/api", null);
    assertThat(account.seatNanos()).isZero();
    Client client = Client.get(control, "ann", PODS);
    account.seated(client.lease());
    seconds(4);
    client.lease().close();
    var thread = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long sum = sum(account, 1_000);
    long before = thread.getCurrentThreadAllocatedBytes();
    sum += sum(account, 100_000);
    long allocated = thread.getCurrentThreadAllocatedBytes() - before;

    assertThat(sum).isEqualTo(101_000 * 4 * SECOND);
    assertThat(allocated).as("bytes of 100,000 reads").isLessThan(100_000);
  }

  private static long sum(Account account, int times) {
    long sum = 0;
    for (int i = 0; i < times; i++) {
      sum += account.seatNanos();
    }
    return sum;
  }
}
