package io.apfproxy.level;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.queueset.QueuingShape;
import io.apfproxy.queueset.RequestRow;
import io.apfproxy.queueset.RequestState;
import io.apfproxy.queueset.SeatRequest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A dump of many requests holds up nobody. */
class PriorityLevelDumpTest extends PriorityLevelFixture {
  /** Does something each time a dump gives the lock back. */
  private static final class DumpLock extends ReentrantLock {
    private static final long serialVersionUID = 1L;

    private transient Runnable between = () -> {};
    private int slices;

    void between(Runnable action) {
      between = action;
    }

    @Override
    public void unlock() {
      super.unlock();
      Runnable action = between;
      between = () -> {}; // what it does takes the lock as well
      slices++;
      action.run();
      between = action;
    }
  }

  private PriorityLevel crowded(DumpLock lock, QueuingShape shape, List<Request> requests) {
    PriorityLevel level =
        new PriorityLevel(
            "level",
            shape,
            1,
            clock,
            (nanos, action) -> delayed.add(new Delayed(nanos, action)),
            () -> idleCalls++,
            lock);
    for (int i = 0; i < 100_001; i++) {
      Request request = new Request(level, "r" + i, i * 2_654_435_769L, 1, 0, 0);
      requests.add(request);
      level.start(request);
    }
    return level;
  }

  /** One of 100,000 that wait is decided by each slice. */
  @Tag("S81")
  @ParameterizedTest
  @ValueSource(ints = {1, 1000, 100_000})
  void decidesBetweenTwoSlicesOfADump(int queues) {
    DumpLock lock = new DumpLock();
    List<Request> all = new ArrayList<>();
    PriorityLevel level = crowded(lock, new QueuingShape(queues, 1, 200_000), all);
    lock.between(() -> level.finish(executing.remove())); // so the next one executes

    List<RequestRow> rows = level.requests(1_000_000);
    lock.between(() -> {});

    int slices = told.size() - 1;

    assertThat(slices).isGreaterThanOrEqualTo(100);
    Set<SeatRequest> seen = new HashSet<>();
    rows.forEach(row -> seen.add(row.request()));
    assertThat(all.stream().filter(r -> r.state() == RequestState.WAITING && !seen.contains(r)))
        .isEmpty();
    assertThat(rows).hasSizeLessThanOrEqualTo(100_001 + slices);
    lock.slices = 0;
    assertThat(level.requests(1_500)).hasSize(1_500);
    assertThat(lock.slices).isGreaterThanOrEqualTo(2);
    lock.slices = 0;
    assertThat(level.queues()).hasSizeLessThanOrEqualTo(queues);
    assertThat(lock.slices).isBetween(1, queues / 1_000 + 1);
  }
}
