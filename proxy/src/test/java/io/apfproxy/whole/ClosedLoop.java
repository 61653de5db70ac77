package io.apfproxy.whole;

/** So many requests at a time: the next goes when one was answered. */
final class ClosedLoop implements Loop {
  private final Clients clients;
  private final String uri;
  private final int inFlight;
  private volatile boolean stopped;

  ClosedLoop(Clients clients, String uri, int inFlight) {
    this.clients = clients;
    this.uri = uri;
    this.inFlight = inFlight;
  }

  @Override
  public void start(LatencyBins told) {
    for (int i = 0; i < inFlight; i++) {
      next(told);
    }
  }

  private void next(LatencyBins told) {
    if (!stopped) {
      clients.send(uri, told, told.due(System.nanoTime()), () -> next(told));
    }
  }

  @Override
  public void stop() {
    stopped = true;
  }
}
