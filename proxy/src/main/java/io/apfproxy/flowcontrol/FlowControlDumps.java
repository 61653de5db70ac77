package io.apfproxy.flowcontrol;

import io.apfproxy.queueset.QueueRow;
import io.apfproxy.queueset.RequestRow;
import io.apfproxy.queueset.SeatSeconds;
import io.apfproxy.request.GoDuration;
import io.apfproxy.request.RequestInfo;
import io.apfproxy.time.TimeSource;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * State as text, column by column as kube-apiserver's debug endpoints show it, so that what reads
 * those reads ours. Source: reference, apf_controller_debug.go; specification apf-config.md 6.
 */
final class FlowControlDumps {
  private static final int MOST_ROWS = 100_000;
  private static final String NEVER = "0001-01-01T00:00:00Z";
  private static final DateTimeFormatter RFC_3339 =
      new DateTimeFormatterBuilder()
          .appendPattern("uuuu-MM-dd'T'HH:mm:ss")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
          .appendLiteral('Z')
          .toFormatter()
          .withZone(ZoneOffset.UTC);

  private FlowControlDumps() {}

  static String priorityLevels(List<LevelSnapshot> levels) {
    DumpTable table =
        new DumpTable(
            "PriorityLevelName",
            "ActiveQueues",
            "IsIdle",
            "IsQuiescing",
            "WaitingRequests",
            "ExecutingRequests",
            "DispatchedRequests",
            "RejectedRequests",
            "TimedoutRequests",
            "CancelledRequests");
    for (LevelSnapshot level : levels) {
      table.row(
          level.name(),
          level.activeQueues(),
          level.idle(),
          level.quiescing(),
          level.waiting(),
          level.executing(),
          level.dispatched(),
          level.rejected(),
          level.timedOut(),
          level.cancelled());
    }
    return table.toString();
  }

  static String queues(List<LevelEntry> levels) {
    DumpTable table =
        new DumpTable(
            "PriorityLevelName",
            "Index",
            "PendingRequests",
            "ExecutingRequests",
            "SeatsInUse",
            "NextDispatchR",
            "InitialSeatsSum",
            "MaxSeatsSum",
            "TotalWorkSum");
    int left = MOST_ROWS;
    for (LevelEntry level : levels) {
      int next = 0;
      List<QueueRow> used = level.level().queues();
      // a queue is made when it is first used; the others are shown as empty as they are
      int queues = Math.min(level.level().state().queueSet().queues(), left);
      for (int index = 0; index < queues; index++) {
        boolean made = next < used.size() && used.get(next).index() == index;
        table.row(queueCells(level.name(), made ? used.get(next++) : unused(index)));
      }
      left -= queues;
    }
    return table + truncation(left);
  }

  private static QueueRow unused(int index) {
    return new QueueRow(index, 0, 0, 0, 0, 0, 0, 0);
  }

  private static Object[] queueCells(String level, QueueRow queue) {
    return new Object[] {
      level,
      queue.index(),
      queue.waiting(),
      queue.executing(),
      queue.seatsInUse(),
      SeatSeconds.format(queue.nextDispatchR()),
      queue.waitingInitialSeats(),
      queue.waitingSeats(),
      SeatSeconds.format(queue.waitingWork())
    };
  }

  static String requests(List<LevelEntry> levels, TimeSource time, boolean details) {
    Stream<String> header =
        Stream.of(
            "PriorityLevelName",
            "FlowSchemaName",
            "QueueIndex",
            "RequestIndexInQueue",
            "FlowDistingsher", // spelled so in the original
            "ArriveTime",
            "InitialSeats",
            "FinalSeats",
            "AdditionalLatency",
            "StartTime");
    Stream<String> more =
        Stream.of(
            "UserName",
            "Verb",
            "APIPath",
            "Namespace",
            "Name",
            "APIVersion",
            "Resource",
            "SubResource");
    DumpTable table =
        new DumpTable((details ? Stream.concat(header, more) : header).toArray(String[]::new));
    Clock clock = new Clock(time.epochMillis(), time.nanoTime());
    int left = MOST_ROWS;
    for (LevelEntry level : levels) {
      List<RequestRow> rows = level.level().requests(left);
      for (RequestRow row : rows) {
        table.row(requestCells(level.name(), row, clock, details));
      }
      left -= rows.size();
    }
    return table + truncation(left);
  }

  private static Object[] requestCells(String level, RequestRow row, Clock clock, boolean details) {
    FlowRequest request = (FlowRequest) row.request();
    List<Object> cells =
        new ArrayList<>(
            Arrays.asList(
                level,
                request.flowSchema(),
                row.queue(),
                row.position(),
                request.flowDistinguisher(),
                clock.at(row.arrivalNanos()),
                row.initialSeats(),
                row.finalSeats(),
                GoDuration.text(row.additionalLatencyNanos()),
                row.executing() ? clock.at(row.startNanos()) : NEVER));
    if (details) {
      RequestInfo info = request.digest().info();
      cells.addAll(
          Arrays.asList(
              request.digest().user().name(),
              info.verb(),
              info.path(),
              info.namespace(),
              info.name(),
              info.apiGroup().isEmpty()
                  ? info.apiVersion()
                  : info.apiGroup() + '/' + info.apiVersion(),
              info.resource(),
              info.subresource()));
    }
    return cells.toArray();
  }

  private static String truncation(int rowsLeft) {
    return rowsLeft > 0 ? "" : "(only the first " + MOST_ROWS + " rows are shown)\n";
  }

  /** Translates the level's clock into the time of day. */
  private record Clock(long epochMillis, long nanos) {
    String at(long then) {
      Instant now = Instant.ofEpochMilli(epochMillis);
      return RFC_3339.format(now.minusNanos(nanos - then));
    }
  }
}
