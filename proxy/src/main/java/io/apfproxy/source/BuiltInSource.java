package io.apfproxy.source;

import io.apfproxy.config.BuiltInObjects;

/** kube-apiserver's mandatory and suggested objects. */
public final class BuiltInSource implements FlowSource {
  @Override
  public String name() {
    return "builtin";
  }

  @Override
  public Snapshot snapshot() {
    return new Snapshot(true, BuiltInObjects.all(), "");
  }

  @Override
  public void start(Runnable changed) {
    // they never change
  }

  @Override
  public double ageSeconds() {
    return 0;
  }

  @Override
  public void close() {
    // holds nothing
  }
}
