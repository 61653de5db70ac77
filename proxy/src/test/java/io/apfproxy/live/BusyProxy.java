package io.apfproxy.live;

import io.apfproxy.flowcontrol.LevelSnapshot;
import io.apfproxy.flowcontrol.RejectReason;
import io.apfproxy.report.HeaviestFlow;
import io.apfproxy.time.ManualTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;

/** Many levels, all figures of which are others at each look; the same ones in each run. */
public final class BusyProxy extends FakeProxy {
  private static final int SEATS = 40;
  private static final int PLACES = 50;

  private final Random random = new Random(1);
  private final Map<String, Counts> counts = new HashMap<>();
  private final LevelSnapshot like;
  private final List<String> names = new ArrayList<>();

  /**
   * @param number of levels
   */
  public BusyProxy(int number) {
    super(new ManualTime());
    this.like = control.snapshot().stream().filter(one -> !one.exempt()).findFirst().orElseThrow();
    for (int i = 0; i < number; i++) {
      names.add(String.format("a-level-of-some-tenant-%04d", i));
    }
  }

  @Override
  public List<LevelSnapshot> levels() {
    List<LevelSnapshot> levels = new ArrayList<>();
    for (String name : names) {
      int seats = 1 + random.nextInt(SEATS);
      levels.add(with(like, name, random.nextInt(PLACES), seats, seats, SEATS, List.of(), 100));
    }
    return levels;
  }

  @Override
  public Map<String, LevelTotals> totals() {
    Map<String, LevelTotals> totals = new HashMap<>();
    for (String name : names) {
      Counts count = counts.computeIfAbsent(name, any -> new Counts());
      count.refuse(RejectReason.QUEUE_FULL, random.nextInt(3));
      count.wait(random.nextInt(4), 1 + random.nextInt(9));
      totals.put(name, count.totals());
    }
    return totals;
  }

  @Override
  public OptionalInt queueLengthLimit(String level) {
    return OptionalInt.of(PLACES);
  }

  @Override
  public HeaviestFlow heaviest() {
    return level ->
        new HeaviestFlow.Flow(
            "tenants",
            "system:serviceaccount:tenant:controller-" + random.nextInt(SEATS),
            random.nextInt(SEATS) / 4.0);
  }
}
