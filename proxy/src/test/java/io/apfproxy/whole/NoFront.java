package io.apfproxy.whole;

/** Nothing: the clients ask the upstream itself. */
final class NoFront implements Front {
  @Override
  public String name() {
    return Fronts.DIRECT;
  }

  @Override
  public Presence presence() {
    return new Presence(true, "nothing between");
  }

  @Override
  public RunningFront start(Site site, Upstream upstream) {
    return RunningFront.upstreamItself(upstream.port());
  }
}
