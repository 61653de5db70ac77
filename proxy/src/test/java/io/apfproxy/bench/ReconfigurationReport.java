package io.apfproxy.bench;

import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.config.FlowSchema;
import io.apfproxy.config.ObjectMeta;
import io.apfproxy.config.PriorityLevelConfiguration;
import io.apfproxy.flowcontrol.AdmissionListener;
import io.apfproxy.flowcontrol.ApfFlowControl;
import io.apfproxy.flowcontrol.FlowControlSettings;
import io.apfproxy.flowcontrol.Rejection;
import io.apfproxy.flowcontrol.SeatLease;
import io.apfproxy.metrics.ProxyMetrics;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.time.TimeSource;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Prints how long applying 10,000 schemas takes whose level comes and goes, and how long requests
 * that are admitted meanwhile wait for a lock: as the virtual machine counts it, so that a busy
 * machine does not blur it.
 */
public final class ReconfigurationReport {
  private static final int SCHEMAS = 10_000;
  private static final int CHANGES = 40;

  private ReconfigurationReport() {}

  /** Runs for some ten seconds. */
  public static void main(String[] arguments) throws InterruptedException {
    FlowControlConfiguration all = BenchConfiguration.of(SCHEMAS, Tenants.USERS);
    PriorityLevelConfiguration tenants = Objects.requireNonNull(all.levels().get("tenants"));
    List<PriorityLevelConfiguration> more = new ArrayList<>(all.levels().values());
    more.add(
        new PriorityLevelConfiguration(
            ObjectMeta.of("guests", "", Map.of()), tenants.spec(), List.of()));
    List<FlowSchema> withGuest = new ArrayList<>(all.schemas());
    withGuest.add(guest());
    ProxyMetrics metrics = new ProxyMetrics();
    ApfFlowControl control =
        ApfFlowControl.create(
            FlowControlSettings.of(600),
            all,
            TimeSource.system(),
            (nanos, action) -> new Thread(action).start(),
            metrics.flow());
    Asker asker = new Asker(control, BenchConfiguration.get(Tenants.USERS, 17));
    Thread thread = new Thread(asker, "asker");
    thread.setDaemon(true);
    thread.start();
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    threads.setThreadContentionMonitoringEnabled(true);
    ThreadInfo before = threads.getThreadInfo(thread.getId());
    long longest = 0;
    long total = 0;
    for (int i = 0; i < CHANGES; i++) {
      if (i == CHANGES / 2) {
        before = threads.getThreadInfo(thread.getId()); // compiled by now
        longest = 0;
        total = 0;
      }
      Thread.sleep(50);
      long begin = System.nanoTime();
      if (i % 2 == 0) {
        control.apply(withGuest, more);
      } else {
        control.apply(all.schemas(), all.levels().values());
      }
      long took = System.nanoTime() - begin;
      longest = Math.max(longest, took);
      total += took;
    }
    ThreadInfo after = threads.getThreadInfo(thread.getId());
    System.out.printf(
        "apply: mean %.1f ms, most %.1f ms; %d admissions waited for a lock, %d ms in %d changes%n",
        total / (CHANGES / 2) / 1e6,
        longest / 1e6,
        after.getWaitedCount() - before.getWaitedCount(),
        after.getWaitedTime() - before.getWaitedTime(),
        CHANGES / 2);
    metrics.close();
  }

  /** Of the one who asks, while it is there. */
  private static FlowSchema guest() {
    List<String> any = List.of("*");
    return new FlowSchema(
        ObjectMeta.of("guest", "", Map.of()),
        new FlowSchema.Spec(
            "guests",
            2,
            FlowSchema.BY_USER,
            List.of(
                new FlowSchema.Rule(
                    List.of(FlowSchema.Subject.user("user-17")),
                    List.of(new FlowSchema.ResourceRule(any, any, any, true, any)),
                    List.of()))),
        List.of());
  }

  private static final class Asker implements Runnable, AdmissionListener {
    private final ApfFlowControl control;
    private final RequestDigest request;

    Asker(ApfFlowControl control, RequestDigest request) {
      this.control = control;
      this.request = request;
    }

    @Override
    public void run() {
      while (true) {
        control.admit(request, this);
      }
    }

    @Override
    public void onExecute(SeatLease lease) {
      lease.close();
    }

    @Override
    public void onReject(Rejection rejection) {
      // catch-all has few seats: as good an answer as any
    }
  }
}
