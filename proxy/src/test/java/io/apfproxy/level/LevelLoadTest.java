package io.apfproxy.level;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.apfproxy.queueset.LevelLoad;
import io.apfproxy.queueset.QueuingShape;
import io.apfproxy.queueset.Refusal;
import io.apfproxy.queueset.SeatRequest;
import io.apfproxy.queueset.TimedRatio;
import io.apfproxy.time.TimeSource;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** How long a level was how busy: nanoseconds by ratio, in the time of the test. */
class LevelLoadTest {
  private long now;

  private final TimeSource clock =
      new TimeSource() {
        @Override
        public long nanoTime() {
          return now;
        }

        @Override
        public long epochMillis() {
          return 0;
        }
      };

  @Test
  void countsTheTimeAtEachRatio() {
    PriorityLevel level = level(new QueuingShape(2, 1, 5), 4);
    now = 100;
    Request one = start(level, 1);
    now = 130;
    Request three = start(level, 3);
    Request waiting = start(level, 2);
    now = 150;
    level.finish(three);
    now = 157;

    LevelLoad load = level.state().load();

    // 0 of 4 seats for 100 ns, 1 for 30, 4 for 20, 3 for 7
    assertThat(at(load.seats(), 0)).isEqualTo(100);
    assertThat(at(load.seats(), 0.3)).isEqualTo(30);
    assertThat(at(load.seats(), 1)).isEqualTo(20);
    assertThat(at(load.seats(), 0.8)).isEqualTo(7);
    assertThat(load.seats().ratioNanos()).isCloseTo(7.5 + 20 + 5.25, within(1e-9));
    // 1 request for 30 ns, then 2
    assertThat(at(load.executing(), 0.25)).isEqualTo(30);
    assertThat(at(load.executing(), 0.5)).isEqualTo(27);
    // 1 of 10 places for 20 ns
    assertThat(at(load.waiting(), 0)).isEqualTo(137);
    assertThat(at(load.waiting(), 0.1)).isEqualTo(20);
    // 6 of 4 seats for 20 ns
    assertThat(at(load.demand(), 1.7)).isEqualTo(20);
    assertThat(at(load.demand(), 0.2)).isEqualTo(100);
    level.finish(one);
    level.finish(waiting);
  }

  @Test
  void measuresAgainstTheNewLimitFromTheChangeOn() {
    PriorityLevel level = level(QueuingShape.REJECT, 4);
    start(level, 2);
    now = 10;
    level.setLimit(2, 2);
    now = 30;
    level.setLimit(0, 60);
    now = 70;

    TimedRatio seats = level.state().load().seats();

    assertThat(at(seats, 0.5)).isEqualTo(10);
    assertThat(at(seats, 1)).isEqualTo(20);
    assertThat(at(seats, 0.1)).isEqualTo(40);
    assertThat(Arrays.stream(seats.nanos()).sum()).isEqualTo(70);
  }

  @Test
  void putsWhatIsBeyondEveryBoundIntoTheLastBucket() {
    PriorityLevel level = level(QueuingShape.EXEMPT, 1);
    start(level, 7);
    now = 5;

    LevelLoad load = level.state().load();

    assertThat(at(load.seats(), Double.POSITIVE_INFINITY)).isEqualTo(5);
    assertThat(at(load.demand(), Double.POSITIVE_INFINITY)).isEqualTo(5);
    assertThat(level.state().load().seats().ratioNanos())
        .as("reading changes nothing")
        .isEqualTo(35);
  }

  private PriorityLevel level(QueuingShape shape, int limit) {
    return new PriorityLevel("level", shape, limit, clock, (nanos, action) -> {}, () -> {});
  }

  private static Request start(PriorityLevel level, int seats) {
    Request request = new Request(level, seats);
    level.start(request);
    return request;
  }

  /** Time in the bucket that this is the upper bound of. */
  private static long at(TimedRatio ratio, double upperBound) {
    int bucket = Arrays.binarySearch(ratio.upperBounds(), upperBound);
    return ratio.nanos()[bucket >= 0 ? bucket : ratio.upperBounds().length];
  }

  private static final class Request extends SeatRequest {
    Request(PriorityLevel level, int seats) {
      super(level.tally("schema"), 0, seats, 0, 0);
    }

    @Override
    protected void onExecute() {}

    @Override
    protected void onRefuse(Refusal reason) {}
  }
}
