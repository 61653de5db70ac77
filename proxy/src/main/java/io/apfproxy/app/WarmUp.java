package io.apfproxy.app;

import io.apfproxy.cli.StartException;
import io.apfproxy.process.OutOfMemory;
import io.apfproxy.time.TimeSource;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets the JVM compile the way of a request before clients come: for some seconds, on a thread of
 * its own. Thread-safe.
 */
final class WarmUp implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);
  private static final String NOT_WARM = "not warmed up, the first requests will be slow";
  private static final Duration END = Duration.ofSeconds(2);

  private final Duration longest;
  private final TimeSource time;
  private final long beganAt;
  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch over = new CountDownLatch(1);

  /** What is done meanwhile. */
  interface Rehearsal {
    /**
     * Ends by itself, or soon after it was asked to.
     *
     * @param asked counted down when it is to end early
     * @return requests that were answered
     */
    long play(CountDownLatch asked) throws StartException, IOException, InterruptedException;
  }

  private WarmUp(Duration longest, TimeSource time) {
    this.longest = longest;
    this.time = time;
    this.beganAt = time.nanoTime();
  }

  /**
   * Begins, and returns at once.
   *
   * @param longest how long it may take; zero for not at all
   */
  static WarmUp begin(Duration longest, Rehearsal rehearsal, TimeSource time) {
    WarmUp warmUp = new WarmUp(longest, time);
    if (longest.isZero()) {
      warmUp.over.countDown();
    } else {
      Thread thread = new Thread(() -> warmUp.run(rehearsal), "warm-up");
      thread.setDaemon(true);
      thread.start();
    }
    return warmUp;
  }

  /**
   * Whether clients need not wait for it any more: it has done what it could, or failed, or has
   * taken twice its time, with all that it needs to begin and to end.
   */
  boolean isOver() {
    return over.getCount() == 0 || time.nanoTime() - beganAt >= 2 * longest.toNanos();
  }

  private void run(Rehearsal rehearsal) {
    try {
      long answered = rehearsal.play(asked);
      LOG.info(
          "warmed up in {} ms by {} requests to itself",
          TimeUnit.NANOSECONDS.toMillis(time.nanoTime() - beganAt),
          answered);
    } catch (StartException | IOException | InterruptedException | RuntimeException e) {
      LOG.warn("{}: {}", NOT_WARM, e.toString());
    } catch (Error e) {
      OutOfMemory.endIf(e);
      LOG.warn("{}: {}", NOT_WARM, e.toString());
    } finally {
      over.countDown();
    }
  }

  /** Ends it early; returns at once. */
  void end() {
    asked.countDown();
  }

  /** Ends it early, and waits a moment until it has closed what it opened. */
  @Override
  public void close() {
    end();
    try {
      boolean unused = over.await(END.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
