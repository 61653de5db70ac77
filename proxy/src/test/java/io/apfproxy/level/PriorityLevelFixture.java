package io.apfproxy.level;

import io.apfproxy.queueset.QueuingShape;
import io.apfproxy.queueset.Refusal;
import io.apfproxy.queueset.SeatRequest;
import io.apfproxy.time.ManualTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** A level in virtual time, and requests that note what they are told. */
abstract class PriorityLevelFixture {
  static final QueuingShape ONE_QUEUE = new QueuingShape(1, 1, 2);

  final ManualTime clock = new ManualTime();
  final Deque<Delayed> delayed = new ArrayDeque<>();
  final List<String> told = new ArrayList<>();
  final Deque<Request> executing = new ArrayDeque<>();
  int idleCalls;

  PriorityLevel level(QueuingShape shape, int limit) {
    return new PriorityLevel(
        "level",
        shape,
        limit,
        clock,
        (nanos, action) -> delayed.add(new Delayed(nanos, action)),
        () -> idleCalls++);
  }

  Request start(PriorityLevel level, String name, int seats, int finalSeats, long latencyNanos) {
    Request request = new Request(level, name, 0, seats, finalSeats, latencyNanos);
    level.start(request);
    return request;
  }

  record Delayed(long nanos, Runnable action) {}

  class Request extends SeatRequest {
    private final String name;

    Request(
        PriorityLevel level,
        String name,
        long flowHash,
        int seats,
        int finalSeats,
        long latencyNanos) {
      super(level.tally("schema"), flowHash, seats, finalSeats, latencyNanos);
      this.name = name;
    }

    @Override
    protected void onExecute() {
      told.add(name + " executes");
      executing.add(this);
    }

    @Override
    protected void onRefuse(Refusal reason) {
      told.add(name + " " + reason);
    }
  }
}
