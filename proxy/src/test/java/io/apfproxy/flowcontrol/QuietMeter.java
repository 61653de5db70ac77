package io.apfproxy.flowcontrol;

/** Meters of which a test overrides those that it looks at; the others do nothing. */
public abstract class QuietMeter implements FlowMetrics.FlowMeter {
  @Override
  public void estimated(int seats) {}

  @Override
  public void watchersSeen(int count) {}

  @Override
  public void enqueued(int queueLength) {}

  @Override
  public void rejected(RejectReason reason) {}

  @Override
  public void dispatched() {}

  @Override
  public void waited(long nanos, boolean execute) {}

  @Override
  public void executed(long nanos, boolean watch) {}

  @Override
  public void wouldReject(RejectReason reason) {}

  @Override
  public void wouldWait(long nanos, boolean execute) {}
}
