package io.apfproxy.level;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.apfproxy.borrowing.SeatDemand;
import io.apfproxy.queueset.QueuingShape;
import io.apfproxy.queueset.RequestRow;
import io.apfproxy.queueset.RequestState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class PriorityLevelTest extends PriorityLevelFixture {
  @Test
  void tellsARequestThatFitsBeforeStartReturns() {
    PriorityLevel level = level(ONE_QUEUE, 1);

    Request request = start(level, "a", 1, 0, 0);

    assertThat(told).containsExactly("a executes");
    assertThat(request.state()).isEqualTo(RequestState.EXECUTING);
    assertThat(request.queueLengthAtArrival()).isEqualTo(1);
  }

  @Test
  void tellsAWaitingRequestWhenSeatsComeFree() {
    PriorityLevel level = level(ONE_QUEUE, 1);
    Request first = start(level, "a", 1, 0, 0);
    Request second = start(level, "b", 1, 0, 0);
    assertThat(told).containsExactly("a executes");

    clock.advance(Duration.ofNanos(7));
    assertThat(level.finish(first)).isTrue();

    assertThat(told).containsExactly("a executes", "b executes");
    assertThat(second.arrivalNanos()).isZero();
    assertThat(second.startNanos()).isEqualTo(7);
  }

  @Test
  void tellsWhyARequestIsRefused() {
    PriorityLevel queueing = level(ONE_QUEUE, 1);
    PriorityLevel rejecting = level(QueuingShape.REJECT, 1);
    for (String name : List.of("a", "b", "c", "d")) {
      start(queueing, name, 1, 0, 0);
    }
    start(rejecting, "e", 1, 0, 0);
    start(rejecting, "f", 1, 0, 0);

    assertThat(told)
        .containsExactly("a executes", "d QUEUE_FULL", "e executes", "f CONCURRENCY_LIMIT");
  }

  @Test
  void cancelsOnlyWhatStillWaits() {
    PriorityLevel level = level(ONE_QUEUE, 1);
    Request first = start(level, "a", 1, 0, 0);
    Request second = start(level, "b", 1, 0, 0);

    assertThat(level.cancel(first)).isFalse();
    assertThat(level.cancel(second)).isTrue();
    assertThat(level.cancel(second)).isFalse();
    level.finish(first);

    assertThat(told).containsExactly("a executes", "b TIME_OUT");
    assertThat(level.state().queueSet().cancelled()).isEqualTo(1);
    assertThat(level.state().queueSet().rejected()).isEqualTo(1);
  }

  @Test
  void givesSeatsBackOnceWhenFinishedTwice() {
    PriorityLevel level = level(ONE_QUEUE, 2);
    Request first = start(level, "a", 1, 0, 0);
    start(level, "b", 1, 0, 0);

    assertThat(level.finish(first)).isTrue();
    assertThat(level.finish(first)).isFalse();

    assertThat(level.state().queueSet().seatsInUse()).isEqualTo(1);
  }

  @Test
  void holdsLingeringSeatsUntilTheirTimeIsOver() {
    PriorityLevel level = level(ONE_QUEUE, 3);
    Request writer = start(level, "a", 1, 3, 5_000);
    start(level, "b", 1, 0, 0);

    level.finish(writer);
    assertThat(writer.state()).isEqualTo(RequestState.LINGERING);
    assertThat(told).containsExactly("a executes");
    assertThat(delayed).extracting(Delayed::nanos).containsExactly(5_000L);

    delayed.remove().action().run();
    assertThat(writer.state()).isEqualTo(RequestState.ENDED);
    assertThat(told).containsExactly("a executes", "b executes");
  }

  @Test
  void neverTellsUnderItsLock() {
    PriorityLevel level = level(ONE_QUEUE, 1);
    List<Boolean> freeForOthers = new ArrayList<>();
    Request nosy =
        new Request(level, "a", 0, 1, 0, 0) {
          @Override
          protected void onExecute() {
            freeForOthers.add(answersAnotherThread(level));
          }
        };

    level.start(nosy);

    assertThat(freeForOthers).containsExactly(true);
  }

  @Test
  void tellsTheRestWhenOneListenerThrows() {
    PriorityLevel level = level(new QueuingShape(1, 1, 5), 2);
    Request wide = start(level, "a", 2, 0, 0);
    level.start(
        new Request(level, "b", 0, 1, 0, 0) {
          @Override
          protected void onExecute() {
            throw new IllegalStateException("of b");
          }
        });
    start(level, "c", 1, 0, 0);

    assertThatThrownBy(() -> level.finish(wide)).hasMessage("of b");

    assertThat(told).containsExactly("a executes", "c executes");
  }

  @Test
  @Tag("S92")
  void tellsTheRestWhereTellingOneEndsInAnError() {
    PriorityLevel level = level(new QueuingShape(1, 1, 5), 4);
    Request wide = start(level, "a", 4, 0, 0);
    List<Throwable> thrown =
        List.of(
            new IllegalStateException("of b"),
            new StackOverflowError("of c"),
            new IllegalStateException("of d"));
    thrown.forEach(of -> startThrowing(level, of));
    start(level, "e", 1, 0, 0);

    assertThatThrownBy(() -> level.finish(wide))
        .isSameAs(thrown.get(1))
        .hasSuppressedException(thrown.get(0))
        .hasSuppressedException(thrown.get(2));

    assertThat(told).containsExactly("a executes", "e executes");
  }

  @Test
  @Tag("S92")
  void tellsTheRestWhereTheSameErrorIsThrownAgain() {
    PriorityLevel level = level(new QueuingShape(1, 1, 5), 3);
    Request wide = start(level, "a", 3, 0, 0);
    Error madeBefore = new StackOverflowError("as the JVM has some made before they are needed");
    startThrowing(level, madeBefore);
    startThrowing(level, madeBefore);
    start(level, "d", 1, 0, 0);

    assertThatThrownBy(() -> level.finish(wide)).isSameAs(madeBefore);

    assertThat(told).containsExactly("a executes", "d executes");
  }

  private void startThrowing(PriorityLevel level, Throwable of) {
    level.start(
        new Request(level, "thrower", 0, 1, 0, 0) {
          @Override
          protected void onExecute() {
            if (of instanceof Error error) {
              throw error;
            }
            throw (RuntimeException) of;
          }
        });
  }

  @Test
  void dispatchesWhenTheLimitRises() {
    PriorityLevel level = level(ONE_QUEUE, 1);
    start(level, "a", 1, 0, 0);
    start(level, "b", 1, 0, 0);

    level.setLimit(2, 2);

    assertThat(told).containsExactly("a executes", "b executes");
  }

  @Test
  void servesWhatWaitsAfterItCeasesToQueue() {
    PriorityLevel level = level(ONE_QUEUE, 1);
    Request first = start(level, "a", 1, 0, 0);
    start(level, "b", 1, 0, 0);

    level.reconfigure(QueuingShape.REJECT);
    start(level, "c", 1, 0, 0);
    level.finish(first);

    assertThat(told).containsExactly("a executes", "c CONCURRENCY_LIMIT", "b executes");
  }

  @Test
  void knowsNoLimitIfExempt() {
    PriorityLevel level = level(QueuingShape.EXEMPT, 0);
    Request wide = start(level, "a", 10, 0, 0);
    start(level, "b", 10, 0, 0);

    assertThat(told).containsExactly("a executes", "b executes");
    assertThat(level.state().exempt()).isTrue();
    assertThat(level.state().queueSet().seatsInUse()).isEqualTo(20);
    level.finish(wide);
    assertThat(level.state().queueSet().seatsInUse()).isEqualTo(10);
  }

  @Test
  void reportsThatItIsIdleOnlyWhileQuiescing() {
    PriorityLevel level = level(ONE_QUEUE, 1);
    level.finish(start(level, "a", 1, 0, 0));
    assertThat(idleCalls).isZero();

    Request last = start(level, "b", 1, 0, 0);
    assertThat(level.quiesce()).isTrue();
    assertThat(level.state().quiescing()).isTrue();
    level.unquiesce();
    level.quiesce();
    level.finish(last);

    assertThat(idleCalls).isEqualTo(1);
  }

  @Test
  void startsNothingOnceItWasFoundIdleAndDropped() {
    PriorityLevel level = level(ONE_QUEUE, 1);
    assertThat(level.quiesce()).isFalse();

    Request late = new Request(level, "a", 0, 1, 0, 0);
    assertThat(level.start(late)).isFalse();

    assertThat(told).isEmpty();
    assertThat(late.state()).isEqualTo(RequestState.CREATED);
  }

  @Test
  void measuresDemandFromPeriodToPeriod() {
    PriorityLevel level = level(ONE_QUEUE, 1);
    Request first = start(level, "a", 1, 0, 0);
    Request second = start(level, "b", 1, 0, 0);
    clock.advance(Duration.ofSeconds(5));
    level.cancel(second);
    clock.advance(Duration.ofSeconds(5));

    assertThat(level.resetDemand()).isEqualTo(new SeatDemand(10, 1.5, 0.5, 0, 2));
    level.finish(first);
    clock.advance(Duration.ofSeconds(10));
    assertThat(level.resetDemand()).isEqualTo(new SeatDemand(10, 0, 0, 0, 1));
  }

  @Test
  void showsItsRequestsAndCounts() {
    PriorityLevel level = level(ONE_QUEUE, 3);
    Request executing = start(level, "a", 1, 3, 5_000);
    Request waiting = start(level, "b", 2, 0, 0);

    assertThat(level.requests(10))
        .extracting(RequestRow::request, RequestRow::queue, RequestRow::position)
        .containsExactly(tuple(waiting, 0, 0), tuple(executing, 0, -1));
    assertThat(level.queues())
        .singleElement()
        .satisfies(
            q -> {
              assertThat(q.waiting()).isEqualTo(1);
              assertThat(q.seatsInUse()).isEqualTo(3);
              assertThat(q.waitingInitialSeats()).isEqualTo(2);
            });
    assertThat(level.state().flows())
        .containsExactly(new LevelState.Flow("schema", 1, 2, 1, 3, 1, 0));
    assertThat(level.state().queueSet().activeQueues()).isEqualTo(1);
  }

  @Test
  void forgetsSchemasThatLeadHereNoLongerOnceTheyHaveNoRequestHere() {
    PriorityLevel level = level(ONE_QUEUE, 1);
    Request request = start(level, "a", 1, 0, 0);
    for (int i = 0; i < 1_000; i++) {
      level.tally("gone-" + i);
    }

    level.retainTallies(Set.of("gone-7"));

    assertThat(level.state().flows())
        .extracting(LevelState.Flow::flowSchema)
        .containsExactly("schema", "gone-7");
    level.finish(request);
    level.retainTallies(Set.of());
    assertThat(level.state().flows()).isEmpty();
  }

  private static boolean answersAnotherThread(PriorityLevel level) {
    Thread other = new Thread(level::isIdle);
    other.start();
    try {
      other.join(60_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return !other.isAlive();
  }
}
