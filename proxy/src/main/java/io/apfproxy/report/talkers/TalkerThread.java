package io.apfproxy.report.talkers;

import java.util.concurrent.locks.LockSupport;

/** The thread that counts. It takes a fifth of a processor at most, but for answers. */
public final class TalkerThread implements AutoCloseable {
  private static final long LONGEST_JOIN_MILLIS = 1_000;

  private final Talkers talkers;
  private final Thread thread;
  private volatile boolean ended;

  private TalkerThread(Talkers talkers) {
    this.talkers = talkers;
    this.thread = new Thread(this::run, "talkers");
    this.thread.setDaemon(true);
  }

  /** Starts to count. */
  public static TalkerThread start(Talkers talkers) {
    TalkerThread counting = new TalkerThread(talkers);
    Runnable wake = () -> LockSupport.unpark(counting.thread);
    talkers.whenAsked(wake);
    talkers.pace().whenSooner(wake);
    counting.thread.start();
    return counting;
  }

  private void run() {
    long last = System.nanoTime();
    while (!ended) {
      long now = System.nanoTime();
      if (now - talkers.pace().next(last) >= 0) {
        talkers.turn();
        last = now;
      }
      talkers.answer();
      LockSupport.parkNanos(this, Math.max(1, talkers.pace().next(last) - System.nanoTime()));
    }
    talkers.answer();
  }

  @Override
  public void close() {
    ended = true;
    LockSupport.unpark(thread);
    try {
      thread.join(LONGEST_JOIN_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
