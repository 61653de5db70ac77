package io.apfproxy.queueset;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.apfproxy.borrowing.SeatDemand;
import io.apfproxy.borrowing.SeatDemandIntegrator;
import io.apfproxy.vectors.RecordedCourse;
import io.apfproxy.vectors.RecordedCourse.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Runs one recorded scenario in virtual time and writes down what the queue set did, in the form of
 * the recording.
 */
final class Replay {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  final ArrayNode decisions = JSON.arrayNode();
  final ArrayNode snapshots = JSON.arrayNode();
  final ObjectNode totals = JSON.objectNode();
  final QueueSet set;

  private final RecordedCourse course = new RecordedCourse();
  private final SeatDemandIntegrator demand = new SeatDemandIntegrator(0);
  private final JsonNode scenario;
  private final Map<SeatRequest, Arrival> arrivals = new LinkedHashMap<>();

  /** Creation numbers of the queues, by index: how the recordings name queues that move. */
  private final List<Integer> queueIds = new ArrayList<>();

  private int queuesMade;
  private int maxQueueLength;
  private int queueFull;
  private int concurrencyLimit;
  private int cancelled;
  private @Nullable SeatDemand demandAtLastSnapshot;

  Replay(JsonNode scenario) {
    this.scenario = scenario;
    JsonNode config = scenario.get("config");
    this.set =
        new QueueSet(
            RecordedCourse.shape(config),
            config.get("concurrencyLimit").intValue(),
            0,
            demand::set);
    growIds();
  }

  /** One request of the scenario and what became of it. */
  private static final class Arrival {
    final RecordedRequest request;
    final long execNanos;
    final int finalSeats;
    @Nullable Integer queueAtArrival;
    @Nullable ObjectNode decision;

    Arrival(JsonNode event) {
      request =
          new RecordedRequest(
              event.get("id").longValue(),
              Long.parseUnsignedLong(event.get("hash").textValue()),
              event.get("initialSeats").intValue(),
              event.path("finalSeats").intValue(),
              event.path("additionalLatencyNs").longValue());
      execNanos = event.path("execNs").longValue();
      finalSeats = request.finalSeats;
    }
  }

  void run() {
    for (JsonNode event : scenario.get("events")) {
      course.at(event.get("t").longValue(), Kind.EVENT, () -> handle(event));
    }
    for (JsonNode snapshot : scenario.get("snapshots")) {
      course.at(snapshot.get("t").longValue(), Kind.SNAPSHOT, this::snapshot);
    }
    course.run();
    for (Arrival arrival : arrivals.values()) {
      if (arrival.decision == null) {
        ObjectNode waiting = decisions.addObject();
        waiting.put("id", arrival.request.id).put("outcome", "waiting");
        waiting.put("queue", arrival.queueAtArrival);
      }
    }
    total();
  }

  private void handle(JsonNode event) {
    switch (event.get("op").textValue()) {
      case "arrive" -> arrive(event);
      case "setConcurrency" -> {
        set.setLimit(event.get("limit").intValue(), course.now());
        noteDecisions();
      }
      case "reconfigure" -> {
        set.reconfigure(RecordedCourse.shape(event), course.now());
        growIds();
        noteDecisions();
      }
      default -> throw new IllegalArgumentException(event.toString());
    }
  }

  private void arrive(JsonNode event) {
    Arrival arrival = new Arrival(event);
    RecordedRequest request = arrival.request;
    arrivals.put(request, arrival);
    set.arrive(request, course.now());
    noteDecisions();
    FlowQueue queue = request.queue;
    if (queue != null) {
      maxQueueLength = Math.max(maxQueueLength, queue.waiting.size());
    }
    arrival.queueAtArrival = queueIndex(request);
    if (event.has("cancelAt") && arrival.decision == null) {
      course.at(
          Math.max(course.now(), event.get("cancelAt").longValue()),
          Kind.CANCEL,
          () -> {
            if (set.cancel(request, course.now())) {
              noteDecisions();
            }
          });
    }
  }

  private void finish(Arrival arrival) {
    RecordedRequest request = arrival.request;
    releasing(arrival, () -> set.finish(request, course.now()));
    if (request.state == RequestState.LINGERING) {
      course.at(
          course.now() + QueueSet.lingerNanos(request),
          Kind.LINGER_END,
          () -> releasing(arrival, () -> set.lingerEnd(request, course.now())));
    }
  }

  private void releasing(Arrival arrival, Runnable operation) {
    boolean executing = arrival.request.state == RequestState.EXECUTING;
    int queuesBefore = set.queues.size();
    int index = queueIndex(arrival.request);
    operation.run();
    if (set.queues.size() < queuesBefore) {
      queueIds.remove(index);
    }
    ObjectNode decision = arrival.decision;
    if (executing && set.isIdle()) {
      decision.put("idle", true);
    }
    if (arrival.request.state == RequestState.ENDED) {
      decision.put("seatsFreedAt", course.now());
    }
    noteDecisions();
  }

  private void noteDecisions() {
    for (SeatRequest r = set.takeDecided(); r != null; r = r.nextDecided) {
      RecordedRequest request = (RecordedRequest) r;
      Arrival arrival = arrivals.get(request);
      ObjectNode decision = decisions.addObject();
      arrival.decision = decision;
      decision.put("id", request.id).put("outcome", outcome(request));
      int index = queueIndex(request);
      int first = arrival.queueAtArrival == null ? index : arrival.queueAtArrival;
      decision.put("queue", first);
      decision.put("R", Long.toUnsignedString(set.queues.meter.r()));
      if (request.state == RequestState.REFUSED) {
        decision.put("at", course.now());
        if (set.isIdle()) {
          decision.put("idle", true);
        }
        continue;
      }
      decision.put("dispatchedAt", course.now());
      if (index >= 0) {
        decision.put("S", Long.toUnsignedString(request.virtualStart));
      }
      if (index != first) {
        decision.put("queueAtDispatch", index);
      }
      if (request.finalSeats != arrival.finalSeats) {
        decision.put("trimmedFinalSeats", request.finalSeats);
        decision.put("trimmedLatencyNs", request.additionalLatencyNanos);
      }
      course.at(course.now() + arrival.execNanos, Kind.FINISH, () -> finish(arrival));
    }
  }

  private String outcome(RecordedRequest request) {
    if (request.refusal == null) {
      return "executed";
    }
    return switch (request.refusal) {
      case QUEUE_FULL -> {
        queueFull++;
        yield "rejected:queue-full";
      }
      case CONCURRENCY_LIMIT -> {
        concurrencyLimit++;
        yield "rejected:concurrency-limit";
      }
      case TIME_OUT -> {
        cancelled++;
        yield "cancelled";
      }
    };
  }

  private void snapshot() {
    demandAtLastSnapshot = demand.get(course.now());
    ObjectNode snapshot = snapshots.addObject();
    snapshot.put("t", course.now());
    snapshot.put("lastSync", set.queues.meter.lastNanos());
    snapshot.put("virtualTime", Long.toUnsignedString(set.queues.meter.r()));
    snapshot.put("robinIndex", set.queues.round.robinIndex());
    snapshot.put("enqueues", set.queues.chooser.enqueues());
    snapshot.put("totRequestsWaiting", set.queues.waiting);
    snapshot.put("totRequestsExecuting", set.executing);
    snapshot.put("totSeatsInUse", set.seats.inUse);
    snapshot.put("totSeatsWaiting", set.queues.seatsWaiting);
    if (set.isIdle()) {
      snapshot.put("idle", true);
    }
    snapshot.put("numQueues", set.queues.size());
    ArrayNode queues = snapshot.putArray("queues");
    for (QueueRow row : rows(set)) {
      if (row.waiting() + row.executing() + row.seatsInUse() > 0) {
        ObjectNode queue = queues.addObject();
        queue.put("i", row.index());
        queue.put("id", queueIds.get(row.index()));
        queue.put("waiting", row.waiting());
        queue.put("executing", row.executing());
        queue.put("seatsInUse", row.seatsInUse());
        queue.put("seatsWaiting", row.waitingSeats());
        queue.put("workWaiting", Long.toUnsignedString(row.waitingWork()));
        queue.put("nextDispatchR", Long.toUnsignedString(row.nextDispatchR()));
      }
    }
  }

  private void total() {
    QueueSetState state = QueueSetState.of(set);
    totals.put("requests", arrivals.size());
    totals.put("executed", state.dispatched());
    totals.put("rejectedQueueFull", queueFull);
    totals.put("rejectedConcurrencyLimit", concurrencyLimit);
    totals.put("cancelled", cancelled);
    totals.put("stillWaiting", state.waiting());
    totals.put("totRequestsRejected", state.rejected());
    totals.put("totRequestsCancelled", state.cancelled());
    totals.put("enqueues", set.queues.chooser.enqueues());
    totals.put("noAccommodation", state.noAccommodation());
    totals.put("epochAdvances", state.epochAdvances() - state.epochAdvancesClamped());
    totals.put("epochAdvancesUnsuccessful", state.epochAdvancesClamped());
    totals.put("maxQueueLength", maxQueueLength);
  }

  /** Demand from the beginning to the last snapshot. */
  SeatDemand demand() {
    return demandAtLastSnapshot == null ? demand.get(course.now()) : demandAtLastSnapshot;
  }

  private void growIds() {
    while (queueIds.size() < set.queues.size()) {
      queueIds.add(queuesMade++);
    }
  }

  private static int queueIndex(SeatRequest request) {
    FlowQueue queue = request.queue;
    return queue == null ? -1 : queue.index;
  }

  /** All queues of a set that were ever used. */
  static List<QueueRow> rows(QueueSet set) {
    List<QueueRow> rows = new ArrayList<>();
    int next = 0;
    while (next >= 0) {
      next = QueueRow.addSome(set, next, rows);
    }
    return rows;
  }
}
