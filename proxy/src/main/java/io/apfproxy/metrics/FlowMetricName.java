package io.apfproxy.metrics;

/**
 * kube-apiserver's flow-control metrics: name, labels, buckets, meaning. Source: specification
 * apf-config.md 7.1 to 7.4. Label values are names of configuration objects, or of the sets named
 * here.
 */
enum FlowMetricName implements MetricName {
  REJECTED_REQUESTS(
      "rejected_requests",
      "Number of requests rejected by API Priority and Fairness subsystem",
      Labels.LEVEL,
      Labels.SCHEMA,
      "reason"),
  DISPATCHED_REQUESTS(
      "dispatched_requests",
      "Number of requests executed by API Priority and Fairness subsystem",
      Labels.LEVEL,
      Labels.SCHEMA),
  EPOCH_ADVANCE(
      "epoch_advance",
      "Number of times the queueset's progress meter jumped backward",
      Labels.LEVEL,
      "success"),
  NO_ACCOMMODATION(
      "request_dispatch_no_accommodation",
      "Number of times a dispatch attempt resulted in a non accommodation due to lack of seats",
      Labels.LEVEL,
      Labels.SCHEMA),

  CURRENT_INQUEUE_REQUESTS(
      "current_inqueue_requests",
      "Number of requests currently pending in queues",
      Labels.LEVEL,
      Labels.SCHEMA),
  CURRENT_INQUEUE_SEATS(
      "current_inqueue_seats",
      "Number of seats currently pending in queues",
      Labels.LEVEL,
      Labels.SCHEMA),
  CURRENT_EXECUTING_REQUESTS(
      "current_executing_requests",
      "Number of requests in initial (for a WATCH) or any (for a non-WATCH) execution stage",
      Labels.LEVEL,
      Labels.SCHEMA),
  CURRENT_EXECUTING_SEATS(
      "current_executing_seats",
      "Concurrency (number of seats) occupied by the currently executing requests",
      Labels.LEVEL,
      Labels.SCHEMA),
  NOMINAL_LIMIT_SEATS("nominal_limit_seats", "Nominal number of execution seats", Labels.LEVEL),
  LOWER_LIMIT_SEATS(
      "lower_limit_seats", "Configured lower bound on number of execution seats", Labels.LEVEL),
  UPPER_LIMIT_SEATS(
      "upper_limit_seats", "Configured upper bound on number of execution seats", Labels.LEVEL),
  CURRENT_LIMIT_SEATS(
      "current_limit_seats", "Current derived number of execution seats", Labels.LEVEL),
  DEMAND_SEATS_HIGH_WATERMARK(
      "demand_seats_high_watermark", "High watermark of demand, last period", Labels.LEVEL),
  DEMAND_SEATS_AVERAGE(
      "demand_seats_average", "Time-weighted average demand, last period", Labels.LEVEL),
  DEMAND_SEATS_STDEV(
      "demand_seats_stdev", "Time-weighted deviation of demand, last period", Labels.LEVEL),
  DEMAND_SEATS_SMOOTHED("demand_seats_smoothed", "Smoothed seat demands", Labels.LEVEL),
  TARGET_SEATS("target_seats", "Seat allocation targets", Labels.LEVEL),
  SEAT_FAIR_FRAC("seat_fair_frac", "Fair fraction of server's concurrency to allocate"),
  CURRENT_R("current_r", "Virtual time at last change, in seat-seconds", Labels.LEVEL),
  DISPATCH_R("dispatch_r", "Virtual time at last dispatch, in seat-seconds", Labels.LEVEL),
  LATEST_S("latest_s", "Start R of the most recently dispatched request", Labels.LEVEL),
  NEXT_S_BOUNDS(
      "next_s_bounds",
      "min and max, over queues, of S(oldest waiting request in queue)",
      Labels.LEVEL,
      "bound"),
  NEXT_DISCOUNTED_S_BOUNDS(
      "next_discounted_s_bounds",
      "min and max, over queues, of S(oldest waiting request) - estimated work in progress",
      Labels.LEVEL,
      "bound"),

  QUEUE_LENGTH_AFTER_ENQUEUE(
      "request_queue_length_after_enqueue",
      "Length of queue as seen by each request after it is enqueued",
      Labels.LEVEL,
      Labels.SCHEMA),
  WAIT_DURATION(
      "request_wait_duration_seconds",
      "Length of time a request spent waiting in its queue",
      Labels.LEVEL,
      Labels.SCHEMA,
      "execute"),
  EXECUTION(
      "request_execution_seconds",
      "Duration of initial stage (for a WATCH) or any (for a non-WATCH) stage of execution",
      Labels.LEVEL,
      Labels.SCHEMA,
      "type"),
  WATCH_COUNT(
      "watch_count_samples",
      "count of watchers for mutating requests",
      Labels.LEVEL,
      Labels.SCHEMA),
  WORK_ESTIMATED_SEATS(
      "work_estimated_seats",
      "Number of estimated seats (maximum of initial and final seats) of requests",
      Labels.LEVEL,
      Labels.SCHEMA),
  SEAT_UTILIZATION(
      "priority_level_seat_utilization",
      "Time in ns by occupied seats as a fraction of the current limit",
      Labels.LEVEL,
      Labels.PHASE),
  REQUEST_UTILIZATION(
      "priority_level_request_utilization",
      "Time in ns by requests as a fraction of the queues' length, or of the current limit",
      Labels.LEVEL,
      Labels.PHASE),
  READ_VS_WRITE(
      "read_vs_write_current_requests",
      "Time in ns by requests as a fraction of the queues' places, or of the nominal seats",
      Labels.PHASE,
      Labels.KIND),
  DEMAND_SEATS(
      "demand_seats",
      "Time in ns by seats wanted as a fraction of the current limit",
      Labels.LEVEL);

  /** Names of labels that several metrics have. */
  static final class Labels {
    static final String LEVEL = "priority_level";
    static final String SCHEMA = "flow_schema";
    static final String PHASE = "phase";
    static final String KIND = "request_kind";

    private Labels() {}
  }

  private final String shortName;
  private final String help;
  private final String labels;

  FlowMetricName(String shortName, String help, String... labels) {
    this.shortName = shortName;
    this.help = help;
    this.labels = String.join(",", labels);
  }

  @Override
  public String meterName() {
    return "apiserver_flowcontrol_" + shortName;
  }

  @Override
  public String help() {
    return help;
  }

  String[] labels() {
    return labels.isEmpty() ? new String[0] : labels.split(",", -1);
  }

  /** Upper bounds of a histogram of events without the last, infinite one; empty for all others. */
  double[] buckets() {
    return switch (this) {
      case QUEUE_LENGTH_AFTER_ENQUEUE -> new double[] {0, 10, 25, 50, 100, 250, 500, 1000};
      case WAIT_DURATION, EXECUTION ->
          new double[] {0, 0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30};
      case WATCH_COUNT -> new double[] {0, 1, 10, 100, 1000, 10_000};
      case WORK_ESTIMATED_SEATS -> new double[] {1, 2, 4, 8, 16, 32, 64, 100};
      default -> new double[0];
    };
  }
}
