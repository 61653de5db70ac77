package io.apfproxy.flowcontrol;

import com.fasterxml.jackson.databind.JsonNode;
import io.apfproxy.classify.FlowMatch;
import io.apfproxy.config.Enforcement;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.config.FlowSchema;
import io.apfproxy.config.LimitBounds;
import io.apfproxy.config.PriorityLevelConfiguration;
import io.apfproxy.level.LevelState;
import io.apfproxy.level.PriorityLevel;
import io.apfproxy.queueset.BurstSeats;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.request.UserInfo;
import io.apfproxy.time.DelayedActions;
import io.apfproxy.time.TimeSource;
import io.apfproxy.vectors.RecordedCourse;
import io.apfproxy.vectors.RecordedCourse.Kind;
import io.apfproxy.work.WorkEstimate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One recorded scenario of a queue set, in virtual time, with all of its requests in shadow. */
final class ShadowReplay implements TimeSource, DelayedActions {
  private static final RequestDigest DIGEST =
      Client.digest(UserInfo.ANONYMOUS, "GET", "/api/v1/pods");

  private final RecordedCourse course = new RecordedCourse();
  private final SortedMap<Long, ShadowRequest> requests = new TreeMap<>();

  /**
   * When it was the turn of those that would have waited: ends at one instant are in that order.
   */
  private final Map<ShadowRequest, Long> turns = new HashMap<>();

  private final JsonNode scenario;
  private final ApfFlowControl control;
  private final PriorityLevel level;
  private final Route route;
  private final PriorityLevelConfiguration object = Config.queuing("level", 1, 1, 1);
  private final FlowSchema schema = Config.schema("schema", "level", "anybody");
  private long sentOnAtOnce;
  private @Nullable Long turnOfEnding;

  ShadowReplay(JsonNode scenario) {
    this.scenario = scenario;
    JsonNode config = scenario.get("config");
    int limit = config.get("concurrencyLimit").intValue();
    this.control =
        ApfFlowControl.create(
            FlowControlSettings.of(1).withEnforcement(Enforcement.SHADOW),
            FlowControlConfiguration.empty(),
            this,
            this,
            FlowMetrics.NONE);
    this.level =
        new PriorityLevel(
            "level", RecordedCourse.shape(config), limit, this, this::lingerEnd, () -> {});
    LevelEntry entry =
        new LevelEntry(
            object, new LimitBounds(1, 1, 1, 1), level, 1, BurstSeats.none(), Enforcement.SHADOW);
    this.route =
        new Route(
            schema,
            entry,
            level.tally("schema"),
            FlowMetrics.FlowMeter.NONE,
            entry.shadow("schema"));
  }

  @Override
  public long nanoTime() {
    return course.now();
  }

  @Override
  public long epochMillis() {
    return course.now() / 1_000_000;
  }

  @Override
  public void after(long nanos, Runnable action) {
    long turn = turnOfEnding == null ? course.nextTurn() : turnOfEnding;
    course.at(course.now() + nanos, Kind.FINISH, turn, action);
  }

  private void lingerEnd(long nanos, Runnable action) {
    course.at(course.now() + nanos, Kind.LINGER_END, action);
  }

  void run() {
    for (JsonNode event : scenario.get("events")) {
      course.at(event.get("t").longValue(), Kind.EVENT, () -> handle(event));
    }
    course.run();
  }

  private void handle(JsonNode event) {
    switch (event.get("op").textValue()) {
      case "arrive" -> arrive(event);
      case "setConcurrency" -> {
        int limit = event.get("limit").intValue();
        level.setLimit(limit, Math.max(1, limit));
      }
      case "reconfigure" -> level.reconfigure(RecordedCourse.shape(event));
      default -> throw new IllegalArgumentException(event.toString());
    }
  }

  /** It is sent on at once, and its exchange takes as long as it took when it had its seats. */
  private void arrive(JsonNode event) {
    long hash = Long.parseUnsignedLong(event.get("hash").textValue());
    WorkEstimate work =
        new WorkEstimate(
            event.get("initialSeats").intValue(),
            event.path("finalSeats").intValue(),
            event.path("additionalLatencyNs").longValue());
    ShadowRequest request =
        new ShadowRequest(
            control, route, new FlowMatch(0, schema, object, "", hash), work, DIGEST, null);
    requests.put(event.get("id").longValue(), request);
    request.start();
    request.pass(
        new AdmissionListener() {
          @Override
          public void onExecute(SeatLease lease) {
            sentOnAtOnce++;
            long end = course.now() + event.path("execNs").longValue();
            course.at(end, Kind.FINISH, () -> end(request, lease));
          }

          @Override
          public void onWouldExecute(long waitedNanos) {
            turns.put(request, course.nextTurn());
          }

          @Override
          public void onReject(Rejection rejection) {
            throw new AssertionError("refused in shadow: " + event);
          }
        });
    if (event.has("cancelAt") && request.isQueued()) {
      course.at(
          Math.max(course.now(), event.get("cancelAt").longValue()), Kind.CANCEL, request::cancel);
    }
  }

  private void end(ShadowRequest request, SeatLease lease) {
    turnOfEnding = turns.get(request);
    lease.close();
    turnOfEnding = null;
  }

  /** Requests that were told to go on while they came. */
  long sentOnAtOnce() {
    return sentOnAtOnce;
  }

  /** What would have become of each request, and when, in the words of the recordings. */
  SortedMap<Long, String> decisions() {
    SortedMap<Long, String> decisions = new TreeMap<>();
    requests.forEach((id, request) -> decisions.put(id, decision(request)));
    return decisions;
  }

  private static String decision(ShadowRequest request) {
    WouldHave would = request.wouldHave();
    if (!would.decided()) {
      return "waiting";
    }
    RejectReason reason = would.refusedFor();
    String outcome =
        reason == null
            ? "executed"
            : reason == RejectReason.TIME_OUT ? "cancelled" : "rejected:" + reason.label();
    return outcome + " at " + (request.arrivedAt() + would.waitedNanos());
  }

  /** Requests dispatched, refused, cancelled and waiting in the level's queue set. */
  List<Long> totals() {
    LevelState state = level.state();
    return List.of(
        state.queueSet().dispatched(),
        state.queueSet().rejected(),
        state.queueSet().cancelled(),
        (long) state.queueSet().waiting());
  }
}
