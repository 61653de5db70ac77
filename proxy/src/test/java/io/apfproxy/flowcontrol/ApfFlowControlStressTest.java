package io.apfproxy.flowcontrol;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.config.FlowSchema;
import io.apfproxy.config.PriorityLevelConfiguration;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.request.UserInfo;
import io.apfproxy.time.TimeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several threads ask, cancel and finish while another changes everything, on real clocks. */
@Tag("I1")
class ApfFlowControlStressTest {
  private static final int THREADS = 4;
  private static final int REQUESTS = 4_000;
  private static final int CHANGES = 300;
  private static final String[] USERS = {"ann", "bob", "cas"};

  private final Queue<Runnable> later = new ConcurrentLinkedQueue<>();
  private final Queue<Fate> open = new ConcurrentLinkedQueue<>();

  /** One request: how often it was told its fate, and its lease. */
  private static final class Fate implements AdmissionListener {
    private final AtomicInteger answers = new AtomicInteger();
    private final Queue<Fate> open;
    private volatile SeatLease lease = Nothing.INSTANCE;

    Fate(Queue<Fate> open) {
      this.open = open;
    }

    @Override
    public void onExecute(SeatLease granted) {
      lease = granted;
      answers.incrementAndGet();
      open.add(this);
    }

    @Override
    public void onReject(Rejection rejection) {
      answers.incrementAndGet();
    }
  }

  private enum Nothing implements SeatLease {
    INSTANCE;

    @Override
    public int seats() {
      return 0;
    }

    @Override
    public long seatNanos() {
      return 0;
    }

    @Override
    public void watchInitialised() {}

    @Override
    public void close() {}
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void endsEveryRequestOnceAndGetsAllSeatsBack(long seed) throws Exception {
    ApfFlowControl control =
        ApfFlowControl.create(
            FlowControlSettings.of(8),
            FlowControlConfiguration.builtIn(),
            TimeSource.system(),
            (nanos, action) -> later.add(action),
            FlowMetrics.NONE);
    List<Fate> fates = new ArrayList<>();
    ExecutorService threads = Executors.newFixedThreadPool(THREADS + 1);
    try {
      List<Future<List<Fate>>> clients = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        Random random = new Random(seed * 100 + i);
        clients.add(threads.submit(() -> ask(control, random)));
      }
      Future<?> operator = threads.submit(() -> change(control, new Random(seed)));
      for (Future<List<Fate>> client : clients) {
        fates.addAll(client.get(60, TimeUnit.SECONDS));
      }
      operator.get(60, TimeUnit.SECONDS);
    } finally {
      threads.shutdownNow();
    }
    finishAll();

    assertThat(fates).hasSize(THREADS * REQUESTS).allMatch(fate -> fate.answers.get() == 1);
    assertThat(control.snapshot())
        .allSatisfy(
            level -> {
              assertThat(level.waiting()).as(level.name()).isZero();
              assertThat(level.executing()).as(level.name()).isZero();
              assertThat(level.seatsInUse()).as(level.name()).isZero();
              assertThat(level.quiescing()).as(level.name()).isFalse();
            });
    assertThat(control.undecided().sum()).isZero();
  }

  private List<Fate> ask(ApfFlowControl control, Random random) {
    List<Fate> fates = new ArrayList<>();
    for (int i = 0; i < REQUESTS; i++) {
      Fate fate = new Fate(open);
      Admission admission = control.admit(digest(random), fate);
      fates.add(fate);
      if (random.nextInt(4) == 0) {
        admission.cancel();
      }
      for (int ends = random.nextInt(3); ends > 0; ends--) {
        endOne(random);
      }
    }
    return fates;
  }

  private static RequestDigest digest(Random random) {
    UserInfo user = UserInfo.of(USERS[random.nextInt(USERS.length)], UserInfo.AUTHENTICATED);
    return switch (random.nextInt(3)) {
      case 0 -> Client.digest(user, "GET", "/api/v1/pods?watch=1&resourceVersion=1");
      case 1 -> Client.digest(user, "PUT", "/api/v1/namespaces/ns/pods/p");
      default -> Client.digest(user, "GET", "/api/v1/pods?limit=x");
    };
  }

  private void endOne(Random random) {
    Fate fate = open.poll();
    if (fate != null) {
      if (random.nextBoolean()) {
        fate.lease.watchInitialised();
      }
      fate.lease.close();
    }
    Runnable action = later.poll();
    if (action != null) {
      action.run();
    }
  }

  private void change(ApfFlowControl control, Random random) {
    for (int i = 0; i < CHANGES; i++) {
      List<FlowSchema> schemas = new ArrayList<>();
      List<PriorityLevelConfiguration> levels = new ArrayList<>();
      for (String user : USERS) {
        if (random.nextInt(3) > 0) {
          schemas.add(Config.schema("of-" + user, "level-" + user, user));
          levels.add(level("level-" + user, random));
        }
      }
      control.apply(schemas, levels);
      control.adjustBorrowing();
      control.dumpRequests(true);
    }
  }

  private static PriorityLevelConfiguration level(String name, Random random) {
    int shares = 1 + random.nextInt(100);
    return random.nextInt(4) == 0
        ? Config.rejecting(name, shares)
        : Config.queuing(name, shares, 1 + random.nextInt(8), 1 + random.nextInt(20));
  }

  /** What executes ends, what waits follows, what lingers lets go, what is idle is dropped. */
  private void finishAll() {
    while (!open.isEmpty() || !later.isEmpty()) {
      endOne(new Random(0));
    }
  }
}
