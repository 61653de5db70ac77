package io.apfproxy.flowcontrol;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.config.Enforcement;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.queueset.RequestState;
import io.apfproxy.queueset.SeatRequest;
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
import org.junit.jupiter.api.Test;

/**
 * Ends of exchanges race with the seats that they would have got, on real clocks: each of them
 * gives its seats back once. Source: specification seeing.md V-34.
 */
@Tag("I1")
class ShadowRaceTest {
  private static final int THREADS = 4;
  private static final int REQUESTS = Integer.getInteger("apf.shadow.races", 50_000);

  private final Queue<Runnable> later = new ConcurrentLinkedQueue<>();
  private final Queue<SeatLease> open = new ConcurrentLinkedQueue<>();
  private final AtomicInteger passed = new AtomicInteger();

  private final class Passing implements AdmissionListener {
    @Override
    public void onExecute(SeatLease granted) {
      passed.incrementAndGet();
      open.add(granted);
    }

    @Override
    public void onReject(Rejection rejection) {
      throw new AssertionError("refused in shadow: " + rejection);
    }
  }

  @Test
  void endsEachOfThemOnce() throws Exception {
    ApfFlowControl control =
        ApfFlowControl.create(
            FlowControlSettings.of(3).withEnforcement(Enforcement.SHADOW),
            FlowControlConfiguration.empty(),
            TimeSource.system(),
            (nanos, action) -> later.add(action),
            FlowMetrics.NONE);
    control.apply(
        List.of(Config.schema("schema-a", "a", "ann")), List.of(Config.queuing("a", 100, 2, 20)));
    List<SeatRequest> requests = new ArrayList<>();
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<List<SeatRequest>>> clients = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        Random random = new Random(i);
        clients.add(threads.submit(() -> ask(control, random)));
      }
      for (Future<List<SeatRequest>> client : clients) {
        requests.addAll(client.get(120, TimeUnit.SECONDS));
      }
    } finally {
      threads.shutdownNow();
    }
    while (!open.isEmpty() || !later.isEmpty()) {
      endOne();
    }

    assertThat(passed).as("sent on").hasValue(THREADS * REQUESTS);
    assertThat(requests)
        .allMatch(
            request ->
                request.state() == RequestState.ENDED || request.state() == RequestState.REFUSED);
    assertThat(requests.stream().filter(r -> r.state() == RequestState.REFUSED)).isNotEmpty();
    assertThat(requests.stream().filter(r -> r.state() == RequestState.ENDED)).isNotEmpty();
    assertThat(control.undecided().sum()).isZero();
    assertThat(control.snapshot())
        .allSatisfy(
            level -> {
              assertThat(level.waiting() + level.executing()).as(level.name()).isZero();
              assertThat(level.seatsInUse() + level.seatsWaiting()).as(level.name()).isZero();
              assertThat(level.flows())
                  .allSatisfy(
                      flow -> {
                        assertThat(flow.executing() + flow.executingSeats()).isZero();
                        assertThat(flow.shadowWaiting() + flow.shadowExecutingSeats()).isZero();
                      });
            });
  }

  private List<SeatRequest> ask(ApfFlowControl control, Random random) {
    UserInfo ann = UserInfo.of("ann", UserInfo.AUTHENTICATED);
    List<SeatRequest> requests = new ArrayList<>();
    for (int i = 0; i < REQUESTS; i++) {
      Admission admission =
          control.admit(Client.digest(ann, "GET", "/api/v1/pods/p"), new Passing());
      requests.add((SeatRequest) admission);
      if (random.nextInt(4) == 0) {
        admission.wouldWaitAtMost(1_000_000);
      }
      if (random.nextInt(8) == 0) {
        admission.cancel();
      }
      for (int ends = random.nextInt(3); ends > 0; ends--) {
        endOne();
      }
    }
    return requests;
  }

  private void endOne() {
    SeatLease lease = open.poll();
    if (lease != null) {
      lease.close();
      lease.close();
    }
    Runnable action = later.poll();
    if (action != null) {
      action.run();
    }
  }
}
