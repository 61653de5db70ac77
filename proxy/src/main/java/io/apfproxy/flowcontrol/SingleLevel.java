package io.apfproxy.flowcontrol;

import io.apfproxy.level.PriorityLevel;
import io.apfproxy.queueset.FlowTally;
import io.apfproxy.queueset.QueueSetState;
import io.apfproxy.queueset.QueuingShape;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.time.TimeSource;

/**
 * A level beside all others, with seats of its own that nobody lends, borrows or takes away, and
 * one queue: every request occupies one seat, and goes in the order of arrival. Thread-safe.
 * Source: specification limits.md L-83.
 */
public final class SingleLevel implements FlowControl {
  /** Requests that may wait. */
  public static final int QUEUE_LENGTH = 64;

  private static final QueuingShape ONE_QUEUE = new QueuingShape(1, 1, QUEUE_LENGTH);

  private final PriorityLevel level;
  private final FlowTally tally;
  private final Classification where;
  private final TimeSource time;

  /**
   * @param name stands for schema and level
   * @param seats 1 or more
   */
  public SingleLevel(String name, int seats, TimeSource time) {
    this.level =
        new PriorityLevel(
            name,
            ONE_QUEUE,
            seats,
            time,
            (nanos, action) -> {
              throw new IllegalStateException("nothing lingers here");
            },
            () -> {});
    this.tally = level.tally(name);
    this.where = new Classification(name, "", name, "", "");
    this.time = time;
  }

  @Override
  public Admission admit(RequestDigest digest, AdmissionListener listener) {
    SingleRequest request =
        new SingleRequest(level, tally, where, digest.info().isWatch(), listener, time);
    level.start(request);
    return request;
  }

  /** Held by executing requests. */
  public int seatsInUse() {
    return level.occupancy().seatsInUse();
  }

  /** Requests in the queue. */
  public int waiting() {
    return level.occupancy().waiting();
  }

  /** Requests that found it full. */
  public long refused() {
    QueueSetState counts = level.state().queueSet();
    return counts.rejected() - counts.cancelled();
  }
}
