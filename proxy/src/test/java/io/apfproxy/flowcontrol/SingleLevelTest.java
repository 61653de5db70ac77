package io.apfproxy.flowcontrol;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.time.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("S82")
@DisplayName("A level beside all others (L-83)")
class SingleLevelTest {
  private static final String PODS = "/api/v1/pods";

  private final ManualTime time = new ManualTime();
  private final SingleLevel level = new SingleLevel("lane", 2, time);

  private Client get() {
    return Client.get(level, "ann", PODS);
  }

  @Test
  void givesEachRequestOneSeatHoweverWideItWouldBe() {
    Client list = get();
    assertThat(list.executes()).isTrue();
    assertThat(list.lease().seats()).isEqualTo(1);
    assertThat(list.admission().classification().priorityLevel()).isEqualTo("lane");
    assertThat(level.seatsInUse()).isEqualTo(1);

    time.advance(Duration.ofSeconds(3));
    list.lease().close();
    list.lease().close();
    assertThat(level.seatsInUse()).isZero();
    assertThat(list.lease().seatNanos()).isEqualTo(Duration.ofSeconds(3).toNanos());
  }

  @Test
  void servesTheRestInTheOrderOfTheirArrival() {
    Client first = get();
    get();
    Client third = get();
    Client fourth = get();
    assertThat(third.admission().isWaiting()).isTrue();
    assertThat(first.lease().isAwaited()).isTrue();
    assertThat(level.waiting()).isEqualTo(2);

    first.lease().close();

    assertThat(third.executes()).isTrue();
    assertThat(fourth.executes()).isFalse();
    assertThat(first.lease().isHeld()).isFalse();
  }

  @Test
  void refusesWhoFindsTheQueueFullAndNobodyElse() {
    List<Client> all = new ArrayList<>();
    for (int i = 0; i < 2 + SingleLevel.QUEUE_LENGTH; i++) {
      all.add(get());
    }
    assertThat(level.waiting()).isEqualTo(SingleLevel.QUEUE_LENGTH);

    assertThat(get().rejection())
        .isEqualTo(
            new Rejection(
                RejectReason.QUEUE_FULL,
                1,
                1,
                Rejection.queueFull(64),
                new Circumstances(2, 2, 0, 64, 64)));

    assertThat(all).noneMatch(client -> client.refusal() != null);
    assertThat(level.refused()).isEqualTo(1);
  }

  @Test
  void forgetsWhoLeavesTheQueue() {
    get();
    get();
    Client leaves = get();

    assertThat(leaves.admission().cancel()).isTrue();
    assertThat(leaves.admission().cancel()).isFalse();

    assertThat(leaves.refusal()).isEqualTo(RejectReason.TIME_OUT);
    assertThat(level.waiting()).isZero();
    assertThat(level.refused()).as("it was not refused").isZero();
  }

  @Test
  void tellsWhoIsCrowdedOutThatTheQueueIsFull() {
    get();
    get();
    Client crowded = get();

    crowded.admission().crowdOut();

    assertThat(crowded.rejection())
        .isEqualTo(
            new Rejection(
                RejectReason.QUEUE_FULL,
                1,
                1,
                Rejection.TOO_MANY_WAITING,
                new Circumstances(2, 2, 0, 0, 64)));
    assertThat(level.waiting()).isZero();
  }

  @Test
  void hasTheSeatOfAWatchBackOnceThatHasBegunAndOfNothingElse() {
    Client watch = Client.get(level, "ann", PODS + "?watch=true");
    Client list = get();

    watch.lease().watchInitialised();
    list.lease().watchInitialised();

    assertThat(watch.lease().isHeld()).isFalse();
    assertThat(list.lease().isHeld()).isTrue();
    assertThat(level.seatsInUse()).isEqualTo(1);
  }
}
