package io.apfproxy.metrics;

/** Our own metrics: name without suffix, unit, meaning. */
enum ProxyMeterName {
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
  EXCHANGES("apf_proxy_exchanges", "Requests between their head and the end at upstream"),
  TUNNELS("apf_proxy_tunnels", "Upgraded connections open now"),
  REQUESTS_HELD(
      "apf_proxy_requests_held",
      "Requests with seats of which nothing was sent, as they wait for upstream to come back"),
  UPSTREAM_STATE("apf_proxy_upstream_state", "1 for the state that upstream is in: up or down"),
  UPSTREAM_PULSES(
      "apf_proxy_upstream_pulses",
      "Pulses, which ask whether anybody is there, by outcome: answered, missed (not within 2 s),"
          + " failed"),
  SEATS(
      "apf_proxy_seats",
      "Seats of all priority levels together: now, and their bounds min and max; fewer than max"
          + " for some seconds after upstream was down"),
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
  BUILD_INFO("apf_proxy_build_info", "1, labelled with version and runtime"),
  TRANSPORT_INFO("apf_proxy_transport_info", "1, labelled with transport and TLS engine");

  private final String meterName;
  private final String help;

  ProxyMeterName(String meterName, String help) {
    this.meterName = meterName;
    this.help = help;
  }

  String meterName() {
    return meterName;
  }

  String help() {
    return help;
  }
}
