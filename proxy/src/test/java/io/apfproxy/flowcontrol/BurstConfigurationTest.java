package io.apfproxy.flowcontrol;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.budget.SeatUse;
import io.apfproxy.config.Enforcement;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.config.PriorityLevelConfiguration.Burst;
import io.apfproxy.queueset.BurstSeats;
import io.apfproxy.queueset.BurstState;
import io.apfproxy.time.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Who may burst follows the objects in force; what was saved outlives their changes. */
@Tag("L-61")
class BurstConfigurationTest {
  private static final int TOTAL = 20;
  private static final long SECOND = 1_000_000_000L;

  private final ManualTime time = new ManualTime();
  private boolean idle = true;
  private Enforcement mode = Enforcement.ENFORCE;
  private final BurstSeats pool = new BurstSeats(30, () -> idle);
  private ApfFlowControl control = control(pool);

  @Test
  void aLevelThatSavedGetsSeatsBeyondItsLimit() {
    apply(new Burst(5, 10));
    time.advance(Duration.ofMinutes(1));

    List<Client> clients = flood(40);

    int seats = limit("a") + 5;
    assertThat(executing(clients)).isEqualTo(seats);
    assertThat(pool.inUse()).isEqualTo(5);
    assertThat(burst("a").seatsInUse()).isEqualTo(5);
    clients.forEach(BurstConfigurationTest::end);
    assertThat(pool.inUse()).isZero();
  }

  /** They are no part of the total, and in use all the same for whoever judges how many to give. */
  @Test
  @Tag("L-66")
  void whatIsGrantedComesOnTopOfTheTotalAndCountsAsInUse() {
    apply(new Burst(5, 10));
    time.advance(Duration.ofMinutes(1));
    SeatUse before = control.seatUse();

    flood(40);

    assertThat(control.seatUse()).isEqualTo(new SeatUse(limit("a") + 5, before.limits(), true));
  }

  /** As its level is: who is sent on at once has saved and spends what he would. */
  @Test
  @Tag("L-66")
  void inShadowALevelBurstsAsItWould() {
    mode = Enforcement.SHADOW;
    apply(new Burst(5, 10));
    time.advance(Duration.ofMinutes(1));

    List<Client> clients = flood(40);

    assertThat(executing(clients)).as("they are not held to it").isEqualTo(40);
    assertThat(snapshot("a").executing()).as("they would be").isEqualTo(limit("a") + 5);
    assertThat(pool.inUse()).isEqualTo(5);
    long saved = burst("a").creditSeatNanos();
    time.advance(Duration.ofSeconds(2));
    assertThat(burst("a").creditSeatNanos()).isEqualTo(saved - 2 * 5 * SECOND);
    clients.forEach(BurstConfigurationTest::end);
    time.advance(Duration.ofMinutes(1));
    assertThat(pool.inUse()).isZero();
    assertThat(snapshot("a").executing()).isZero();
  }

  /** L-62. */
  @Test
  void nothingIsGrantedWhileTheUpstreamIsNotKnownToBeIdle() {
    apply(new Burst(5, 10));
    time.advance(Duration.ofMinutes(1));
    idle = false;

    assertThat(executing(flood(40))).isEqualTo(limit("a"));
    assertThat(pool.inUse()).isZero();
  }

  @Test
  void aNewLevelHasSavedNothing() {
    apply(new Burst(5, 10));

    assertThat(burst("a").creditSeatNanos()).isZero();
    assertThat(executing(flood(40))).isEqualTo(limit("a"));
  }

  @Test
  void whatWasSavedStaysUpToTheNewMost() {
    apply(new Burst(5, 10));
    time.advance(Duration.ofMinutes(1));

    apply(new Burst(8, 10));
    assertThat(burst("a").creditSeatNanos()).isEqualTo(50 * SECOND);
    apply(new Burst(5, 2));
    assertThat(burst("a").creditSeatNanos()).isEqualTo(10 * SECOND);
    apply(null);
    assertThat(control.bursts()).isEmpty();
    apply(new Burst(5, 2));
    assertThat(burst("a").creditSeatNanos()).isZero();
  }

  @Test
  void itIsTheLevelsOwnSeatsThatAreSavedHoweverManyThereAre() {
    apply(new Burst(30, 600));
    long nominal = nominal("a");
    time.advance(Duration.ofSeconds(10));
    assertThat(burst("a").creditSeatNanos()).isEqualTo(10 * nominal * SECOND);

    control.resize(4);
    time.advance(Duration.ofSeconds(10));

    assertThat(nominal("a")).isLessThan((int) nominal);
    assertThat(burst("a").creditSeatNanos()).isEqualTo(10 * (nominal + nominal("a")) * SECOND);
  }

  @Test
  void aLevelThatIsGoneGivesAllBack() {
    apply(new Burst(5, 10));
    time.advance(Duration.ofMinutes(1));
    List<Client> clients = flood(40);
    assertThat(pool.inUse()).isEqualTo(5);

    control.apply(List.of(), List.of());
    clients.forEach(BurstConfigurationTest::end);
    time.settle();

    assertThat(pool.inUse()).isZero();
    assertThat(control.bursts()).isEmpty();
  }

  /** L-60: it is legal without {@code --burst-seats}, and idle. */
  @Test
  void withoutSeatsToBurstWithNothingIsSaved() {
    control = control(BurstSeats.none());
    apply(new Burst(5, 10));
    time.advance(Duration.ofMinutes(1));

    assertThat(control.bursts()).isEmpty();
    assertThat(executing(flood(40))).isEqualTo(limit("a"));
  }

  private ApfFlowControl control(BurstSeats bursts) {
    return ApfFlowControl.create(
        FlowControlSettings.of(TOTAL).withBursts(bursts),
        FlowControlConfiguration.empty(),
        time,
        time,
        FlowMetrics.NONE);
  }

  private void apply(@Nullable Burst burst) {
    control.apply(
        List.of(Config.schema("schema-a", "a", "ann")),
        List.of(Config.bursting(Config.enforcing(Config.queuing("a", 50, 4, 100), mode), burst)));
  }

  private List<Client> flood(int requests) {
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < requests; i++) {
      clients.add(Client.get(control, "ann", "/api/v1/namespaces/ns/pods/p"));
    }
    return clients;
  }

  private static void end(Client client) {
    assertThat(client.executes()).as("in its turn").isTrue();
    client.lease().close();
  }

  private static int executing(List<Client> clients) {
    return (int) clients.stream().filter(Client::executes).count();
  }

  private BurstState burst(String level) {
    return Objects.requireNonNull(control.bursts().get(level));
  }

  private int limit(String level) {
    return snapshot(level).currentLimit();
  }

  private int nominal(String level) {
    return snapshot(level).nominalLimit();
  }

  private LevelSnapshot snapshot(String name) {
    return control.snapshot().stream()
        .filter(level -> level.name().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
