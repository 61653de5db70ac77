package io.apfproxy.bench;

import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.config.PriorityLevelConfiguration;
import io.apfproxy.flowcontrol.AdmissionListener;
import io.apfproxy.flowcontrol.ApfFlowControl;
import io.apfproxy.flowcontrol.FlowControlSettings;
import io.apfproxy.flowcontrol.Rejection;
import io.apfproxy.flowcontrol.SeatLease;
import io.apfproxy.metrics.ProxyMetrics;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.time.TimeSource;
import java.util.List;

/**
 * Prints how long one request's admission takes at most while 10,000 schemas are applied whose level
 * comes and goes, and how long applying takes.
 */
public final class ReconfigurationReport {
  private static final int SCHEMAS = 10_000;
  private static final int CHANGES = 40;

  private ReconfigurationReport() {}

  /** Runs for some ten seconds. */
  public static void main(String[] arguments) throws InterruptedException {
    FlowControlConfiguration all = BenchConfiguration.of(SCHEMAS, Tenants.USERS);
    List<PriorityLevelConfiguration> others =
        all.levels().values().stream().filter(level -> !level.name().equals("tenants")).toList();
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
    long longest = 0;
    long total = 0;
    for (int i = 0; i < CHANGES; i++) {
      if (i == CHANGES / 2) {
        asker.longest = 0; // compiled by now
        longest = 0;
        total = 0;
      }
      Thread.sleep(50);
      long begin = System.nanoTime();
      control.apply(all.schemas(), i % 2 == 0 ? others : all.levels().values());
      long took = System.nanoTime() - begin;
      longest = Math.max(longest, took);
      total += took;
    }
    System.out.printf(
        "apply: mean %.1f ms, most %.1f ms; longest admission meanwhile %.3f ms of %d%n",
        total / (CHANGES / 2) / 1e6, longest / 1e6, asker.longest / 1e6, asker.asked);
    metrics.close();
  }

  private static final class Asker implements Runnable, AdmissionListener {
    private final ApfFlowControl control;
    private final RequestDigest request;
    volatile long longest;
    volatile long asked;

    Asker(ApfFlowControl control, RequestDigest request) {
      this.control = control;
      this.request = request;
    }

    @Override
    public void run() {
      while (true) {
        long begin = System.nanoTime();
        control.admit(request, this);
        long took = System.nanoTime() - begin;
        longest = Math.max(longest, took);
        asked++;
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
