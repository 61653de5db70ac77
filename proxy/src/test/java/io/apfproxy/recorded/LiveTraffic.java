package io.apfproxy.recorded;

import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.flowcontrol.Admission;
import io.apfproxy.flowcontrol.AdmissionListener;
import io.apfproxy.flowcontrol.ApfFlowControl;
import io.apfproxy.flowcontrol.FlowControlSettings;
import io.apfproxy.flowcontrol.FlowMetrics;
import io.apfproxy.flowcontrol.Rejection;
import io.apfproxy.flowcontrol.SeatLease;
import io.apfproxy.report.Account;
import io.apfproxy.report.Reporter;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.request.RequestInfo;
import io.apfproxy.request.RequestInfoParser;
import io.apfproxy.request.RequestTarget;
import io.apfproxy.request.RequestTimeout;
import io.apfproxy.request.UserInfo;
import io.apfproxy.time.ManualTime;
import io.apfproxy.work.ListCosts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Requests that come to flow control in virtual time, wait, are served, refused or left by their
 * clients; told as the data path tells them. What became of each is known by its arrival.
 */
final class LiveTraffic {
  static final int SEATS = 12;
  static final RequestTimeout TIMEOUT = new RequestTimeout(Duration.ofMinutes(1));
  private static final long MICRO = 1_000;
  private static final long SPAN = 4_000_000_000L;
  private static final Duration LONG = Duration.ofMinutes(5);

  static final List<UserInfo> USERS =
      List.of(
          new UserInfo(
              "canary-ann",
              "canary-uid",
              List.of("canary-group", "system:authenticated"),
              Map.of("canary-key", List.of("canary-value"))),
          UserInfo.of("bob", "system:authenticated"),
          UserInfo.of("system:node:canary-node", "system:nodes", "system:authenticated"),
          UserInfo.of("system:kube-scheduler", "system:authenticated"),
          UserInfo.of(
              "system:serviceaccount:canary-space:canary-account",
              "system:serviceaccounts",
              "system:serviceaccounts:canary-space",
              "system:authenticated"),
          UserInfo.of("admin", "system:masters", "system:authenticated"));

  static final List<String> ASKED =
      List.of(
          "GET /api/v1/pods?limit=500&continue=canary",
          "GET /api/v1/pods?labelSelector=app%3Dcanary",
          "GET /api/v1/pods?fieldSelector=spec.nodeName%3Dcanary-node&resourceVersion=0",
          "GET /api/v1/namespaces/canary-space/pods?fieldSelector=metadata.name%3Dcanary-pod",
          "GET /api/v1/namespaces/canary-space/pods?limit=nonsense",
          "GET /apis/example.com/v1/namespaces/canary-space/widgets?resourceVersion=77",
          "GET /api/v1/pods?watch=1&resourceVersion=0&fieldSelector=spec.nodeName%3Dcanary-node",
          "GET /api/v1/namespaces/canary-space/pods?watch=true&resourceVersion=5",
          "GET /api/v1/watch/namespaces/canary-space/pods/canary-pod",
          "GET /api/v1/namespaces/canary-space/pods/canary-pod",
          "GET /api/v1/namespaces/canary-space",
          "GET /api/v1/namespaces/canary-space/status",
          "GET /api/v1/namespaces?fieldSelector=metadata.name%3Dcanary-space",
          "PUT /api/v1/namespaces/canary-space/pods/canary-pod/status?fieldManager=canary",
          "POST /api/v1/namespaces/canary-space/pods?dryRun=All&timeout=20s",
          "DELETE /api/v1/namespaces/canary-space/pods?labelSelector=app%3Dcanary",
          "PATCH /apis/example.com/v1/namespaces/canary-space/widgets/canary-widget",
          "GET /healthz?timeout=10s",
          "GET /apis/example.com/v1");

  private final ManualTime time;
  private final ApfFlowControl control;
  private final Reporter reporter;
  private final Random random;
  private final SortedMap<Long, Fate> fates = new TreeMap<>();
  private long first = -1;
  private int number;

  /**
   * What became of one.
   *
   * @param seats 0 if it held none
   */
  record Fate(String schema, String level, long waited, int seats) {}

  LiveTraffic(
      FlowControlConfiguration configuration, Reporter reporter, ManualTime time, Random random) {
    this.time = time;
    this.reporter = reporter;
    this.random = random;
    this.control =
        ApfFlowControl.create(
            FlowControlSettings.of(SEATS).withLearnedListCost(true).withInputs(true),
            configuration,
            time,
            time,
            FlowMetrics.NONE);
  }

  static RequestInfo info(String asked) {
    int space = asked.indexOf(' ');
    try {
      return RequestInfoParser.parse(
          asked.substring(0, space), RequestTarget.parse(asked.substring(space + 1)));
    } catch (RefusedException e) {
      throw new AssertionError(asked, e);
    }
  }

  private static String query(String asked) {
    int question = asked.indexOf('?');
    return question < 0 ? "" : asked.substring(question + 1);
  }

  /** Lets so many come, and all of them end. */
  SortedMap<Long, Fate> run(int requests) {
    control.polledObjects().set("pods", 4_000, 1_500);
    List<Long> arrivals = new ArrayList<>();
    random.longs(0, SPAN).distinct().limit(requests).sorted().forEach(arrivals::add);
    long start = time.nanoTime();
    for (long arrival : arrivals) {
      moveTo(start + arrival);
      if (first < 0) {
        first = time.nanoTime() / MICRO * MICRO; // as it stands in its line
      }
      arrive();
    }
    time.advance(LONG);
    return fates;
  }

  private void moveTo(long instant) {
    time.advance(Duration.ofNanos(instant - time.nanoTime()));
  }

  private static long patience(RequestDigest digest) {
    try {
      return TIMEOUT.queueWaitNanos(TIMEOUT.allowanceNanos(digest.info(), digest.query()));
    } catch (RefusedException e) {
      throw new AssertionError(e);
    }
  }

  private Account account(String asked) {
    int space = asked.indexOf(' ');
    return new Account(
        time.nanoTime(),
        "id-" + number++,
        "192.0.2.77",
        asked.substring(0, space),
        asked.substring(space + 1),
        "kubectl/v1.35.0");
  }

  private void arrive() {
    String asked = ASKED.get(random.nextInt(ASKED.size()));
    RequestInfo info = info(asked);
    UserInfo user = USERS.get(random.nextInt(USERS.size()));
    Account account = account(asked);
    account.understood(info);
    RequestDigest digest = new RequestDigest(info, user, query(asked));
    boolean other = random.nextInt(4) == 0;
    account.identified(
        other ? UserInfo.of("canary-other", "canary-group") : user,
        "pass-through",
        digest,
        time.nanoTime());
    ListCosts costs = control.listCosts();
    if (costs != null && info.verb().equals("list") && random.nextInt(3) == 0) {
      ListCosts.Way way = costs.due(digest);
      if (way != null) {
        costs.learn(way, random.nextInt(900_000));
      }
    }
    new Request(account, digest).enter();
  }

  private final class Request implements AdmissionListener {
    private final Account account;
    private final RequestDigest digest;
    private final long arrival = time.nanoTime();
    private final long hold = MICRO + random.nextLong(700_000_000);
    private @Nullable Admission place;
    private @Nullable SeatLease lease;
    private @Nullable Rejection rejection;
    private boolean left;

    Request(Account account, RequestDigest digest) {
      this.account = account;
      this.digest = digest;
    }

    void enter() {
      Admission admitted = control.admit(digest, this);
      place = admitted;
      account.admitted(admitted);
      if (lease != null) {
        execute(lease);
      } else if (rejection != null) {
        reject(rejection);
      } else {
        time.after(patience(digest), admitted::cancel);
        if (random.nextInt(5) == 0) {
          time.after(MICRO * (1 + random.nextLong(400_000)), this::leave);
        }
      }
    }

    private void leave() {
      if (lease == null && rejection == null) {
        left = true;
        account.left();
        Objects.requireNonNull(place).cancel();
      }
    }

    @Override
    public void onExecute(SeatLease granted) {
      lease = granted;
      if (place != null) {
        execute(granted);
      }
    }

    private void execute(SeatLease granted) {
      account.seated(granted);
      account.sent(time.nanoTime());
      fate(granted.seats());
      time.after(hold, () -> served(granted));
    }

    private void served(SeatLease granted) {
      account.answered(200, time.nanoTime());
      if (digest.info().isWatch()) {
        granted.watchInitialised();
        reporter.initialised(account);
        time.after(random.nextLong(2_000_000_000), () -> close(granted));
      } else {
        close(granted);
      }
    }

    private void close(SeatLease granted) {
      granted.close();
      end();
    }

    private void end() {
      account.ended(time.nanoTime());
      reporter.ended(account);
    }

    @Override
    public void onReject(Rejection why) {
      rejection = why;
      if (place != null) {
        reject(why);
      }
    }

    private void reject(Rejection why) {
      fate(0);
      if (!left) {
        account.refused(
            new RefusedException(429, "TooManyRequests", why.reason().label(), "too many"));
        account.answered(429, time.nanoTime());
      }
      end();
    }

    private void fate(int seats) {
      fates.put(
          arrival - first,
          new Fate(
              account.classification().flowSchema(),
              account.classification().priorityLevel(),
              time.nanoTime() - arrival,
              seats));
    }
  }
}
