package io.apfproxy.whole;

import java.util.concurrent.locks.LockSupport;

/**
 * Requests at a rate, whether or not earlier ones were answered. A latency begins when a request
 * was due, even if it could be sent only later: whoever stands still answers for all that were due
 * meanwhile.
 */
final class OpenLoop implements Loop {
  /*
   * A thread of its own keeps the time: a timer of an event loop is good to a millisecond or two, which is more than what is
   * measured, and is late when its loop is busy.
   */
  private final Clients clients;
  private final String uri;
  private final double nanosApart;
  private volatile boolean stopped;

  OpenLoop(Clients clients, String uri, double perSecond) {
    this.clients = clients;
    this.uri = uri;
    this.nanosApart = 1e9 / perSecond;
  }

  @Override
  public void start(LatencyBins told) {
    Thread thread = new Thread(() -> run(told), "open loop");
    thread.setDaemon(true);
    thread.start();
  }

  private void run(LatencyBins told) {
    long begin = System.nanoTime();
    for (long i = 0; true; i++) {
      long due = begin + (long) (i * nanosApart);
      for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      if (stopped) {
        return;
      }
      clients.send(uri, told, told.due(due), () -> {});
    }
  }

  @Override
  public void stop() {
    stopped = true;
  }
}
