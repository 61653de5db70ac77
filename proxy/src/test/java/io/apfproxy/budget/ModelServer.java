package io.apfproxy.budget;

import io.apfproxy.time.ManualTime;
import java.util.ArrayDeque;

/**
 * A server in virtual time: some processors before one line, each working on one request for a
 * slice of 10 ms at most, at the end of a way. Times are in nanoseconds.
 */
final class ModelServer {
  private static final long SLICE = 10_000_000;
  private static final long WAY = 250_000;

  private final ManualTime time;
  private final ArrayDeque<Job> line = new ArrayDeque<>();
  private int idle;
  private double speed = 1;
  private long longer;
  private long stillUntil;

  private static final class Job {
    private long left;
    private final Runnable done;

    Job(long left, Runnable done) {
      this.left = left;
      this.done = done;
    }
  }

  ModelServer(ManualTime time, int processors) {
    this.time = time;
    this.idle = processors;
  }

  /** 1 is as fast as it is; what is under way goes on as it began. */
  void speed(double part) {
    speed = part;
  }

  /** The way takes so much longer, there and back together. */
  void longer(long nanos) {
    longer = nanos;
  }

  /** Nothing is worked on for so long. */
  void freeze(long nanos) {
    stillUntil = time.nanoTime() + nanos;
    time.after(nanos, this::work);
  }

  /** A request that takes so much of a processor. */
  void send(double work, Runnable done) {
    long way = WAY + longer / 2;
    Job job = new Job((long) work, () -> time.after(way, done));
    time.after(
        way,
        () -> {
          line.add(job);
          work();
        });
  }

  private void work() {
    while (idle > 0 && !line.isEmpty() && time.nanoTime() >= stillUntil) {
      Job job = line.remove();
      idle--;
      long slice = Math.min(job.left, SLICE);
      job.left -= slice;
      time.after((long) (slice / speed), () -> sliceEnded(job));
    }
  }

  private void sliceEnded(Job job) {
    long still = stillUntil - time.nanoTime();
    if (still > 0) { // it stood still in the middle
      time.after(still, () -> sliceEnded(job));
      return;
    }
    idle++;
    if (job.left > 0) {
      line.add(job);
    } else {
      job.done.run();
    }
    work();
  }
}
