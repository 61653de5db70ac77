package io.apfproxy.authn.who;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Threads that verify certificates, so that no event loop does; they end when idle. */
public final class ChainWorkers implements Executor, AutoCloseable {
  /** So many chains are verified at a time. */
  static final int THREADS = 2;

  private final ThreadPoolExecutor threads;

  public ChainWorkers() {
    threads =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(), // bounded by those who ask
            work -> {
              Thread thread = new Thread(work, "certificates");
              thread.setDaemon(true);
              return thread;
            });
    threads.allowCoreThreadTimeOut(true);
  }

  @Override
  public void execute(Runnable work) {
    threads.execute(work);
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
