package io.apfproxy.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.DoubleSupplier;

/** Our own metrics: name without suffix, unit, meaning. */
enum ProxyMeterName implements MetricName {
  RESPONSES("apf_proxy_responses", "Response heads sent to clients, by code"),
  REFUSALS("apf_proxy_refusals", "Requests the proxy answered itself, by rule and code"),
  BOUND_USED(
      "apf_proxy_bound_used",
      "How much is taken of what clients can fill, by rule; of one address or user: by who has"
          + " most"),
  BOUND_LIMIT("apf_proxy_bound_limit", "How much of it there is, by rule; 0 is no limit"),
  BOUND_OVERFLOWS(
      "apf_proxy_bound_overflows", "How often somebody was kept out for want of it, by rule"),
  DISBELIEVED_HEADERS(
      "apf_proxy_disbelieved_headers",
      "Header lines dropped that only a front proxy may send, such as X-Remote-User"),
  ABORTS("apf_proxy_aborts", "Responses cut off because they could not be completed, by rule"),
  LOG_DROPPED("apf_proxy_log_dropped", "Lines of the log that were dropped, as it was too slow"),
  RESPONSE_BYTES("apf_proxy_response_bytes", "Bytes of forwarded response bodies"),
  WATCH_BYTES(
      "apf_proxy_watch_bytes", "Bytes of watches after what they show first, while seats are back"),
  WATCH_PIECES(
      "apf_proxy_watch_pieces",
      "Pieces in which those bytes came; about one for each event, as each is written at once"),
  WATCHES_ENDED(
      "apf_proxy_watches_ended",
      "Watches that ended, by why: upstream, client, slow-reader, shutdown, or another rule"),
  RESPONSE_BUFFERED(
      "apf_proxy_response_buffered_bytes",
      "Bytes of responses that wait for clients which do not read, so that their seats go back"),
  BLOCKED_RESPONSES(
      "apf_proxy_blocked_responses",
      "Responses of which no more is read now, as their clients do not read"),
  SEATS_RETURNED_EARLY(
      "apf_proxy_seats_returned_early_seconds",
      "Seats times seconds that clients took to read responses whose seats were back already"),
  EXCHANGES("apf_proxy_exchanges", "Requests between their head and the end at upstream"),
  TUNNELS("apf_proxy_tunnels", "Upgraded connections open now"),
  REQUESTS_HELD(
      "apf_proxy_requests_held",
      "Requests with seats of which nothing was sent, as they wait for upstream to come back"),
  UPSTREAM_STATE(
      "apf_proxy_upstream_state",
      "1 for the state that upstream is in: up or down; with adaptive seats and while it is up also"
          + " for its load: unknown, idle, busy or overloaded"),
  UPSTREAM_PULSES(
      "apf_proxy_upstream_pulses",
      "Pulses, which ask whether anybody is there, by outcome: answered, missed (not within 2 s),"
          + " failed; own-delay is one that says nothing, as the proxy itself stood still"),
  UPSTREAM_PULSE_SECONDS(
      "apf_proxy_upstream_pulse", "How long pulses take, from their being written to the answer"),
  EVENT_LOOP_WAIT_SECONDS(
      "apf_proxy_event_loop_wait",
      "How long a client's request waits for one of the proxy's own event loops, as pulses find"),
  UPSTREAM_DELAY(
      "apf_proxy_upstream_delay_seconds",
      "For how long a tiny request is kept waiting by upstream and by the proxy's own event loops,"
          + " as the median of a second of pulses says"),
  UPSTREAM_BASE(
      "apf_proxy_upstream_base_seconds",
      "How long that is without load: the least of the last ten minutes"),
  SEATS_CHANGES(
      "apf_proxy_seats_changes",
      "Changes of the seats in all, by why: grow, cut, dip (to see upstream without our load),"
          + " rebase (the way is longer), recovery (upstream was away), inner-429 (its own queues"
          + " were full), shadow (a level lets pass whom it would hold back, so there are all)"),
  SEATS(
      "apf_proxy_seats",
      "Seats of all priority levels together: now, and their bounds min and max; fewer than max"
          + " for some seconds after upstream was down, or as many as it bears"),
  UPSTREAM_STREAMS("apf_proxy_upstream_streams", "Requests that upstream works on now"),
  UNWANTED_STREAMS(
      "apf_proxy_upstream_unwanted_streams",
      "Requests that upstream works on though nobody waits, as more resets would disturb others"),
  UPSTREAM_CONNECTIONS("apf_proxy_upstream_connections", "Connections to upstream open now"),
  READY("apf_proxy_ready", "1 if the proxy is ready, else 0"),
  CERTIFICATE_DAYS("apf_proxy_certificate_days_left", "Days until the serving certificate ends"),
  CLIENT_CERTIFICATE_DAYS(
      "apf_proxy_client_certificate_days_left",
      "Days until a certificate ends that the proxy presents to upstream: front-proxy or own"),
  SERVER_LIMIT("apf_proxy_server_limit_seats", "Seats of all priority levels together"),
  CURRENT_IN_FLIGHT(
      "apiserver_current_inflight_requests",
      "Most requests executing at a time in the last second, by kind; now, without APF"),
  CURRENT_IN_QUEUE(
      "apiserver_current_inqueue_requests",
      "Most requests waiting at a time in the last second, by kind"),
  CONFIG_AGE(
      "apf_proxy_config_age_seconds",
      "Seconds since a source of schemas and levels was last known to be current, by source"),
  CONFIG_SOURCE_UP(
      "apf_proxy_config_source_up",
      "1 if the source can be read and nothing in it is wrong, else 0"),
  CONFIG_OBJECTS(
      "apf_proxy_config_objects",
      "Schemas and levels, by source and by what became of them: in_force, overridden,"
          + " last_valid (an earlier version is in force), rejected"),
  CONFIG_CHANGES("apf_proxy_config_changes", "Changes of the schemas and levels in force"),
  RATE_LIMIT_REQUESTS(
      "apf_proxy_rate_limit_requests",
      "Requests that a rate limit concerned, by limit and by what became of them there: passed,"
          + " delayed, refused; and refunded, of those that passed and were refused further on"),
  SHADOW_RATE_LIMITED(
      "apf_proxy_shadow_rate_limited",
      "Requests that passed a rate limit in shadow, by limit and by what it would have done:"
          + " delayed, refused"),
  RATE_LIMIT_WAIT(
      "apf_proxy_rate_limit_wait_seconds", "How long a rate limit made requests wait, by limit"),
  RATE_LIMIT_WAITING(
      "apf_proxy_rate_limit_waiting", "Requests that wait for their rate limits now"),
  RATE_LIMIT_BYTES(
      "apf_proxy_rate_limit_bytes",
      "Bytes that a rate limit of bytes counted, by limit and direction: in, out"),
  RATE_LIMIT_KEYS(
      "apf_proxy_rate_limit_keys", "Keys of a rate limit that have not all they could have"),
  RATE_LIMIT_KEYS_OVERFLOWED(
      "apf_proxy_rate_limit_keys_overflowed",
      "How often a key had to share a bucket with others, for want of room, by limit"),
  RATE_LIMIT_FULLEST(
      "apf_proxy_rate_limit_fullest_ratio",
      "How much that key of a rate limit has taken now that has taken most: 1 is all"),
  QUEUE_LENGTH_LIMIT(
      "apf_proxy_queue_length_limit",
      "Requests that may wait in one queue of a level, by level; 0 where none may wait, and none of"
          + " exempt levels, which are never full"),
  UPSTREAM_RESPONSE_SECONDS(
      "apf_proxy_upstream_response_seconds",
      "From a request's being sent to upstream until the head of the response, or the time-out in"
          + " its place, by kind; without what may take as long as it likes"),
  BURST_CREDIT(
      "apf_proxy_burst_credit_seat_seconds",
      "What a level has saved to spend beyond its limit, by level; below 0 while it owes"),
  BURST_CREDIT_MAX("apf_proxy_burst_credit_max_seat_seconds", "The most that a level saves"),
  BURST_SEATS_IN_USE(
      "apf_proxy_burst_seats_in_use", "Seats beyond its limit that a level holds now, by level"),
  BURST_GRANTED(
      "apf_proxy_burst_granted", "Requests that got seats beyond the limit of their level"),
  BURST_DENIED(
      "apf_proxy_burst_denied",
      "Requests that found no seat and got none beyond the limit of their level, by level and"
          + " reason: upstream, credit, seats, pool"),
  BREAK_GLASS_REQUESTS(
      "apf_proxy_break_glass_requests",
      "Requests of the break-glass listener, by code of the answer; none if there was no answer"),
  BREAK_GLASS_CONNECTIONS(
      "apf_proxy_break_glass_connections", "Connections of the break-glass listener open now"),
  BREAK_GLASS_SEATS(
      "apf_proxy_break_glass_seats_in_use", "Seats that its requests hold now, beside all others"),
  BREAK_GLASS_CA_DAYS(
      "apf_proxy_break_glass_ca_days_left",
      "Days until the first certificate of --break-glass-client-ca-file ends"),
  ACCESS_LOG_DROPPED(
      "apf_proxy_access_log_dropped",
      "Lines that a log of requests is missing, as it was too slow or could not be written"),
  SPANS_DROPPED(
      "apf_proxy_spans_dropped",
      "Spans that traces are missing, as the collector was too slow or did not take them"),
  EVENT_TICKS_MISSED(
      "apf_proxy_event_ticks_missed",
      "Seconds that event streams of the dashboard were not told of, as they were not read"),
  TALKER_RECORDS_LOST(
      "apf_proxy_talker_records_lost",
      "Requests that are missing in top talkers, as more came than could be counted"),
  TALKER_COUNTERS(
      "apf_proxy_talker_counters",
      "Counters taken of those of the fullest sketch of top talkers, by what they tell apart; what"
          + " is told is exact while some are free"),
  TOP_USER_SEATS(
      "apf_proxy_top_user_seats",
      "Seats that the heaviest users held in the mean of the last minute, with --top-metrics"),
  TOP_USER_REFUSED(
      "apf_proxy_top_user_refused",
      "Requests a second of the heaviest users that were refused in the last minute, with"
          + " --top-metrics"),
  REFUSALS_REMEMBERED(
      "apf_proxy_refusals_remembered", "Refusals in the refusal book, of 4096 it has room for"),
  REFUSALS_NOT_REMEMBERED(
      "apf_proxy_refusals_not_remembered",
      "Refusals that are not in the refusal book: newer ones took their place, or too many of one"
          + " rule, level and user came in a second"),
  REFUSAL_KINDS(
      "apf_proxy_refusal_kinds",
      "Rules, levels and users, each a kind, that were refused just now as the refusal book has"
          + " it"),
  REFUSAL_KINDS_OVERFLOWED(
      "apf_proxy_refusal_kinds_overflowed",
      "Refusals whose kind had to share with others what may be remembered, for want of room"),
  MEMORY_LIMIT(
      "apf_proxy_memory_limit_bytes",
      "Memory that the proxy's container may have; none if there is no limit"),
  CPU_PERIODS(
      "apf_proxy_cpu_periods",
      "Periods in which the container wanted to run, of those by which its processor limit counts;"
          + " none if there is no limit"),
  CPU_THROTTLED_PERIODS(
      "apf_proxy_cpu_throttled_periods",
      "Those of them in which it was stopped, as its share was used up"),
  BUILD_INFO("apf_proxy_build_info", "1, labelled with version and runtime"),
  TRANSPORT_INFO("apf_proxy_transport_info", "1, labelled with transport and TLS engine");

  private final String meterName;
  private final String help;

  ProxyMeterName(String meterName, String help) {
    this.meterName = meterName;
    this.help = help;
  }

  @Override
  public String meterName() {
    return meterName;
  }

  @Override
  public String help() {
    return help;
  }

  /** The counter of this name and these tags, registered if it is not yet. */
  Counter counter(MeterRegistry registry, String... tags) {
    return Counter.builder(meterName).description(help).tags(tags).register(registry);
  }

  /** Registers a gauge, and holds what it reads. */
  void gauge(MeterRegistry registry, DoubleSupplier value, String... tags) {
    Gauge.builder(meterName, value::getAsDouble).description(help).tags(tags).register(registry);
  }
}
