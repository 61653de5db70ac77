package io.apfproxy.app;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends the program at once when the end that it was asked for hangs. */
final class LastResort {
  /*
   * What the end waits for has limits, one by one: together they are longer than anybody waits, and
   * what nobody thought of has none. The thread is there from the start, as there may be none to
   * have when it is needed. Where it hung is told by another one: it may have been the log.
   */
  private static final Logger LOG = LoggerFactory.getLogger(LastResort.class);
  private static final long LAST_WORDS_MILLIS = 3000;

  private final CountDownLatch asked;
  private final Duration longest;
  private final Thread ending;

  private LastResort(CountDownLatch asked, Duration longest, Thread ending) {
    this.asked = asked;
    this.longest = longest;
    this.ending = ending;
  }

  /**
   * Watches from now on.
   *
   * @param asked counted down when the program is to end
   * @param longest what that may take
   * @param ending the thread that brings it about
   */
  static void after(CountDownLatch asked, Duration longest, Thread ending) {
    start("last-resort", new LastResort(asked, longest, ending)::watch);
  }

  private static Thread start(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private void watch() {
    try {
      asked.await();
      TimeUnit.NANOSECONDS.sleep(longest.toNanos());
      start("last-words", this::tell).join(LAST_WORDS_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // by nobody
    } finally {
      Runtime.getRuntime().halt(Termination.AT_ONCE);
    }
  }

  private void tell() {
    Exception where = new Exception("thread " + ending.getName());
    where.setStackTrace(ending.getStackTrace());
    LOG.error("no end within {} s: ending at once, it hung here", longest.toSeconds(), where);
    LogLevel.flush();
  }
}
