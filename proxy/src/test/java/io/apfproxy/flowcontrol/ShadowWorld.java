package io.apfproxy.flowcontrol;

import io.apfproxy.config.Enforcement;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.config.FlowSchema;
import io.apfproxy.config.PriorityLevelConfiguration;
import io.apfproxy.config.PriorityLevelConfiguration.Burst;
import io.apfproxy.queueset.BurstSeats;
import io.apfproxy.queueset.RequestState;
import io.apfproxy.queueset.SeatRequest;
import io.apfproxy.request.UserInfo;
import io.apfproxy.time.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Flow control in virtual time under an {@link OpenLoad}, and what it decided. */
final class ShadowWorld {
  private static final long BETWEEN_LOOKS = 100_000_000;

  /** Of that time a quarter the upstream is not idle. */
  private static final long BUSY = 40_000_000;

  private static final Duration LONG = Duration.ofMinutes(10);
  private static final UserInfo ADMIN =
      UserInfo.of("admin", UserInfo.MASTERS, UserInfo.AUTHENTICATED);

  private final OpenLoad load;
  private final @Nullable Random modes; // null: everybody is held to everything
  private final ManualTime time = new ManualTime();
  private final List<Long> waits = new ArrayList<>();
  private final List<RejectReason> refusals = new ArrayList<>();
  private final List<Request> requests = new ArrayList<>();
  private final List<List<Object>> levels = new ArrayList<>();
  private final BurstSeats bursts;
  private final ApfFlowControl control;
  private int heldBackInShadow;
  private int mostBursting;

  private ShadowWorld(OpenLoad load, @Nullable Random modes) {
    this.load = load;
    this.modes = modes;
    this.bursts = new BurstSeats(load.seats() / 2, () -> time.nanoTime() % BUSY > BUSY / 4);
    this.control =
        ApfFlowControl.create(
            new FlowControlSettings(
                load.seats(), load.mostWaiting(), true, false, bursts, mode(), false),
            FlowControlConfiguration.empty(),
            time,
            time,
            (level, schema) -> new Meter());
  }

  static ShadowWorld enforcing(OpenLoad load) {
    return new ShadowWorld(load, null);
  }

  /**
   * @param modes says who is held to it: in half of the cases nobody
   */
  static ShadowWorld holding(OpenLoad load, Random modes) {
    return new ShadowWorld(load, modes);
  }

  private Enforcement mode() {
    return modes == null
        ? Enforcement.ENFORCE
        : modes.nextBoolean() ? Enforcement.SHADOW : new Enforcement(modes.nextInt(101));
  }

  /** What became of a request in its level's queue set. */
  record Fate(RequestState state, long start, int queueLength, int seats, long seatNanos) {}

  private final class Request implements AdmissionListener {
    private final OpenLoad.Arrival what;
    private final Admission admission;
    private @Nullable SeatLease lease;

    Request(OpenLoad.Arrival what) {
      this.what = what;
      UserInfo user = UserInfo.of(what.user(), UserInfo.AUTHENTICATED);
      this.admission = control.admit(Client.digest(user, what.method(), what.url()), this);
      if (admission instanceof ShadowRequest && lease == null) {
        heldBackInShadow++;
      }
      if (admission.isWaiting()) {
        time.after(what.patience(), admission::cancel);
      } else {
        admission.wouldWaitAtMost(what.patience());
      }
      if (what.leaves() >= 0) {
        time.after(what.leaves(), admission::cancel);
      }
    }

    @Override
    public void onExecute(SeatLease granted) {
      lease = granted;
      time.after(what.hold(), granted::watchInitialised);
      time.after(what.hold() + (what.url().contains("watch") ? 1_000_000 : 0), granted::close);
    }

    @Override
    public void onReject(Rejection rejection) {
      if (admission instanceof ShadowRequest) {
        heldBackInShadow++;
      }
    }

    Fate fate() {
      SeatRequest request = (SeatRequest) admission;
      return new Fate(
          request.state(),
          request.state() == RequestState.REFUSED ? -1 : request.startNanos(),
          request.queueLengthAtArrival(),
          request.seats(),
          request.seatNanos(time.nanoTime()));
    }
  }

  ShadowWorld run() {
    for (int i = 0; i < load.watchers(); i++) {
      Client.send(control, ADMIN, "GET", "/api/v1/pods?watch=1&resourceVersion=1");
    }
    int arrival = 0;
    int change = 0;
    long look = 0;
    while (arrival < load.arrivals().size() || change < load.changes().size()) {
      long next = arrival < load.arrivals().size() ? load.arrivals().get(arrival).at() : MAX;
      long changes = change < load.changes().size() ? load.changes().get(change).at() : MAX;
      if (look < Math.min(next, changes)) {
        moveTo(look);
        look();
        look += BETWEEN_LOOKS;
      } else if (changes <= next) {
        moveTo(changes);
        change(load.changes().get(change++));
      } else {
        moveTo(next);
        requests.add(new Request(load.arrivals().get(arrival++)));
      }
    }
    for (int i = 0; i < 20; i++) {
      time.advance(Duration.ofNanos(BETWEEN_LOOKS));
      look();
    }
    control.resize(load.seats());
    time.advance(LONG);
    look();
    return this;
  }

  private static final long MAX = Long.MAX_VALUE;

  private void moveTo(long instant) {
    time.advance(Duration.ofNanos(instant - time.nanoTime()));
  }

  private void look() {
    levels.add(List.of(time.nanoTime(), bursts.inUse()));
    mostBursting = Math.max(mostBursting, bursts.inUse());
    for (LevelSnapshot level : control.snapshot()) {
      levels.add(
          List.of(
              time.nanoTime(),
              level.name(),
              level.idle(),
              level.quiescing(),
              level.queues(),
              level.activeQueues(),
              level.waiting(),
              level.executing(),
              level.dispatched(),
              level.rejected(),
              level.cancelled(),
              level.seatsInUse(),
              level.seatsWaiting(),
              level.currentLimit(),
              level.demandHighWatermark(),
              level.demandAverage(),
              level.demandSmoothed(),
              level.target(),
              level.currentR(),
              level.dispatchR(),
              level.latestS(),
              level.nextSMin(),
              level.nextSMax()));
    }
  }

  private void change(OpenLoad.Change change) {
    if (change.seats() > 0) {
      control.resize(change.seats());
    } else if (change.seats() == 0) {
      control.adjustBorrowing();
    } else {
      reconfigure(new Random(change.seed()));
    }
  }

  private void reconfigure(Random random) {
    List<FlowSchema> schemas = new ArrayList<>();
    List<PriorityLevelConfiguration> objects = new ArrayList<>();
    for (String user : OpenLoad.USERS) {
      String level = OpenLoad.LEVELS[random.nextInt(OpenLoad.LEVELS.length)];
      if (random.nextInt(8) > 0) {
        schemas.add(Config.schema("of-" + user, level, user));
      }
    }
    for (String level : OpenLoad.LEVELS) {
      PriorityLevelConfiguration object = level(level, random);
      if (random.nextInt(8) > 0) {
        objects.add(
            modes == null || modes.nextBoolean() ? object : Config.enforcing(object, mode()));
      }
    }
    control.apply(schemas, objects);
  }

  private static PriorityLevelConfiguration level(String name, Random random) {
    int shares = random.nextInt(100);
    Integer borrowing = random.nextBoolean() ? null : Integer.valueOf(random.nextInt(300));
    return random.nextInt(5) == 0
        ? Config.rejecting(name, shares)
        : Config.bursting(
            Config.level(
                name,
                shares,
                random.nextInt(101),
                borrowing,
                Config.queues(1 + random.nextInt(4), 1 + random.nextInt(6))),
            random.nextBoolean() ? null : new Burst(1 + random.nextInt(4), 1 + random.nextInt(3)));
  }

  List<Fate> fates() {
    return requests.stream().map(Request::fate).toList();
  }

  /** The levels at each look. */
  List<List<Object>> levels() {
    return levels;
  }

  /** Times waited or that would have been, in nanoseconds, but for none. */
  List<Long> waits() {
    Collections.sort(waits);
    return waits;
  }

  List<RejectReason> refusals() {
    Collections.sort(refusals);
    return refusals;
  }

  /** Requests that were sent on whatever was decided. */
  int inShadow() {
    return (int)
        requests.stream().filter(request -> request.admission instanceof ShadowRequest).count();
  }

  /** Requests in shadow that were not executed when they came, or were refused. */
  int heldBackInShadow() {
    return heldBackInShadow;
  }

  /** Seats beyond all limits that were in use at a time, as far as was seen. */
  int mostBursting() {
    return mostBursting;
  }

  /** What waits or holds seats, also in the counts of schemas and kinds. */
  long left() {
    long left = control.undecided().sum() + bursts.inUse();
    for (LevelSnapshot level : control.snapshot()) {
      if (!level.exempt()) {
        left += level.waiting() + level.executing() + level.seatsInUse() + level.seatsWaiting();
        for (LevelSnapshot.FlowSnapshot flow : level.flows()) {
          left += flow.waiting() + flow.executing() + flow.executingSeats();
          left += flow.shadowWaiting() + flow.shadowExecutingSeats();
        }
      }
    }
    return left;
  }

  /** Who is not held to it is counted as one that would wait, and as one that did not. */
  private final class Meter implements FlowMetrics.FlowMeter {
    @Override
    public void rejected(RejectReason reason) {
      refusals.add(reason);
    }

    @Override
    public void waited(long nanos, boolean execute) {
      if (nanos > 0) {
        waits.add(nanos);
      }
    }

    @Override
    public void wouldReject(RejectReason reason) {
      rejected(Objects.requireNonNull(reason));
    }

    @Override
    public void wouldWait(long nanos, boolean execute) {
      waited(nanos, execute);
    }
  }
}
