package io.apfproxy.flowcontrol;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.config.FlowSchema;
import io.apfproxy.config.PriorityLevelConfiguration;
import io.apfproxy.config.PriorityLevelConfiguration.LimitResponse;
import io.apfproxy.time.ManualTime;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Levels that have no seat now: some may borrow, and some never get any. */
@Tag("S64")
class ZeroLimitTest {
  private static final String POD = "/api/v1/namespaces/ns/pods/p";
  private static final FlowSchema TO_A = Config.schema("schema-a", "a", "ann");
  private static final LimitResponse QUEUE = Config.queues(4, 10);
  private static final LimitResponse REJECT =
      new LimitResponse(PriorityLevelConfiguration.REJECT, null);

  /** Has all the seats, and lends most of them. */
  private static final PriorityLevelConfiguration LENDER = Config.lending("b", 100, 90);

  private final ManualTime time = new ManualTime();

  @Test
  void queuesWhereSeatsMayBeBorrowedUntilTheyAre() {
    ApfFlowControl control = control(withoutShares(null, QUEUE));
    assertThat(level(control).currentLimit()).isZero();

    List<Client> clients = get(control, 6);
    assertThat(clients).allMatch(client -> client.admission().isWaiting());
    nextPeriod(control);

    assertThat(level(control).currentLimit()).isPositive();
    assertThat(clients)
        .filteredOn(Client::executes)
        .hasSize(Math.min(6, level(control).currentLimit()));
  }

  /** Its levels have more seats together, each rounded up, than an int holds. */
  @Test
  void leavesEachASeatOfAsManyAsCanBeAskedFor() {
    ApfFlowControl control =
        ApfFlowControl.create(
            FlowControlSettings.of(Integer.MAX_VALUE),
            FlowControlConfiguration.digest(
                List.of(TO_A), List.of(Config.lending("a", 100, 100)), null),
            time,
            time,
            FlowMetrics.NONE);
    nextPeriod(control);

    assertThat(level(control).currentLimit()).isPositive();
    assertThat(get(control, 1).get(0).executes()).isTrue();
  }

  @Test
  void boundsTheQueuesWhereSeatsMayBeBorrowed() {
    ApfFlowControl control = control(withoutShares(null, Config.queues(1, 2)));

    List<Client> clients = get(control, 3);

    assertThat(clients)
        .extracting(Client::refusal)
        .containsExactly(null, null, RejectReason.QUEUE_FULL);
  }

  @Test
  void refusesAtOnceWhereNoSeatCanEverCome() {
    for (LimitResponse response : List.of(QUEUE, REJECT)) {
      ApfFlowControl control = control(withoutShares(100, response));

      List<Client> clients = get(control, 3);
      nextPeriod(control);

      assertThat(level(control).maxLimit()).isZero();
      assertThat(clients).extracting(Client::refusal).containsOnly(RejectReason.CONCURRENCY_LIMIT);
      assertThat(get(control, 1).get(0).refusal()).isEqualTo(RejectReason.CONCURRENCY_LIMIT);
      assertThat(level(control).dispatched()).isZero();
    }
  }

  @Test
  void borrowsForWhatItRefusedForWantOfAnySeat() {
    ApfFlowControl control = control(withoutShares(null, REJECT));

    assertThat(get(control, 3))
        .extracting(Client::refusal)
        .containsOnly(RejectReason.CONCURRENCY_LIMIT);
    nextPeriod(control);

    assertThat(level(control).demandHighWatermark()).isEqualTo(1);
    assertThat(level(control).currentLimit()).isPositive();
    assertThat(get(control, 1).get(0).executes()).isTrue();
  }

  @Test
  void forgetsWhatItRefusedOnceThePeriodIsOver() {
    ApfFlowControl control = control(withoutShares(null, REJECT));
    get(control, 3);
    nextPeriod(control);
    nextPeriod(control);
    nextPeriod(control);

    assertThat(level(control).demandHighWatermark()).isZero();
    assertThat(level(control).demandAverage()).isZero();
  }

  @Test
  void keepsWhatWaitsWhenALevelLosesItsSeatsForGood() {
    PriorityLevelConfiguration before = Config.queuing("a", 1, 4, 10);
    ApfFlowControl control = control(before);
    assertThat(level(control).currentLimit()).isEqualTo(1);
    List<Client> clients = get(control, 2);

    control.apply(List.of(TO_A), List.of(withoutShares(0, QUEUE), LENDER));
    clients.get(0).lease().close();
    assertThat(get(control, 1).get(0).refusal()).isEqualTo(RejectReason.CONCURRENCY_LIMIT);
    assertThat(clients.get(1).admission().isWaiting()).isTrue();

    control.apply(List.of(TO_A), List.of(before, LENDER));
    assertThat(clients.get(1).executes()).isTrue();
    assertThat(get(control, 1).get(0).admission().isWaiting()).isTrue();
  }

  private ApfFlowControl control(PriorityLevelConfiguration a) {
    ApfFlowControl control =
        ApfFlowControl.create(
            FlowControlSettings.of(20),
            FlowControlConfiguration.empty(),
            time,
            time,
            FlowMetrics.NONE);
    control.apply(List.of(TO_A), List.of(a, LENDER));
    return control;
  }

  private static PriorityLevelConfiguration withoutShares(
      @Nullable Integer borrowingPercent, LimitResponse response) {
    return Config.level("a", 0, 0, borrowingPercent, response);
  }

  private static List<Client> get(ApfFlowControl control, int number) {
    return Stream.generate(() -> Client.get(control, "ann", POD)).limit(number).toList();
  }

  private void nextPeriod(ApfFlowControl control) {
    time.advance(Duration.ofSeconds(10));
    control.adjustBorrowing();
  }

  private static LevelSnapshot level(ApfFlowControl control) {
    return control.snapshot().stream()
        .filter(level -> level.name().equals("a"))
        .findFirst()
        .orElseThrow();
  }
}
