package io.apfproxy.server;

import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.config.FlowSchema;
import io.apfproxy.config.ObjectMeta;
import io.apfproxy.config.PriorityLevelConfiguration;
import io.apfproxy.flowcontrol.Admission;
import io.apfproxy.flowcontrol.AdmissionListener;
import io.apfproxy.flowcontrol.ApfFlowControl;
import io.apfproxy.flowcontrol.FlowControl;
import io.apfproxy.flowcontrol.FlowControlSettings;
import io.apfproxy.flowcontrol.FlowMetrics;
import io.apfproxy.flowcontrol.Rejection;
import io.apfproxy.flowcontrol.SeatLease;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.time.TimeSource;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Real flow control with a level of one seat, that counts how often each lease is closed. */
final class OneSeat implements FlowControl {
  private static final List<String> ALL = List.of("*");

  private final ApfFlowControl inner =
      ApfFlowControl.create(
          FlowControlSettings.of(1),
          FlowControlConfiguration.empty(),
          TimeSource.system(),
          (nanos, action) ->
              CompletableFuture.delayedExecutor(nanos, TimeUnit.NANOSECONDS).execute(action),
          FlowMetrics.NONE);

  final Queue<AtomicInteger> leases = new ConcurrentLinkedQueue<>();
  final AtomicInteger waiting = new AtomicInteger();

  OneSeat() {
    inner.apply(List.of(schema("one")), List.of(level("one")));
  }

  /** Puts another level into the place of the one in use. */
  void removeLevel() {
    inner.apply(List.of(schema("two")), List.of(level("two")));
  }

  private static PriorityLevelConfiguration level(String name) {
    return new PriorityLevelConfiguration(
        ObjectMeta.of(name, name, Map.of()),
        new PriorityLevelConfiguration.Spec(
            PriorityLevelConfiguration.LIMITED,
            new PriorityLevelConfiguration.Limited(
                100,
                0,
                0,
                new PriorityLevelConfiguration.LimitResponse(
                    PriorityLevelConfiguration.QUEUE,
                    new PriorityLevelConfiguration.Queuing(1, 1, 10))),
            null),
        List.of());
  }

  private static FlowSchema schema(String level) {
    return new FlowSchema(
        ObjectMeta.of("all", "all", Map.of()),
        new FlowSchema.Spec(
            level,
            100,
            FlowSchema.BY_USER,
            List.of(
                new FlowSchema.Rule(
                    List.of(FlowSchema.Subject.user("*")),
                    List.of(new FlowSchema.ResourceRule(ALL, ALL, ALL, true, ALL)),
                    List.of(new FlowSchema.NonResourceRule(ALL, ALL))))),
        List.of());
  }

  @Override
  public Admission admit(RequestDigest digest, AdmissionListener listener) {
    waiting.incrementAndGet();
    return inner.admit(
        digest,
        new AdmissionListener() {
          @Override
          public void onExecute(SeatLease lease) {
            waiting.decrementAndGet();
            AtomicInteger closed = new AtomicInteger();
            leases.add(closed);
            listener.onExecute(new Counted(lease, closed));
          }

          @Override
          public void onReject(Rejection rejection) {
            waiting.decrementAndGet();
            listener.onReject(rejection);
          }
        });
  }

  private record Counted(SeatLease inner, AtomicInteger closed) implements SeatLease {
    @Override
    public int seats() {
      return inner.seats();
    }

    @Override
    public long seatNanos() {
      return inner.seatNanos();
    }

    @Override
    public void watchInitialised() {
      inner.watchInitialised();
    }

    @Override
    public void close() {
      closed.incrementAndGet();
      inner.close();
    }
  }
}
