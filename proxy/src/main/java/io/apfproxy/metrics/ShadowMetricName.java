package io.apfproxy.metrics;

/**
 * What would have become of requests that are not held to the decisions of their level: each like
 * the one of kube-apiserver's metrics without {@code shadow}. Source: specification seeing.md V-37.
 */
enum ShadowMetricName implements MetricName {
  REJECTED(
      "apf_proxy_shadow_rejected_requests",
      "Requests in shadow that would have been refused, by reason"),
  WAIT(
      "apf_proxy_shadow_request_wait_duration_seconds",
      "How long requests in shadow would have waited in a queue"),
  CURRENT_INQUEUE_REQUESTS(
      "apf_proxy_shadow_current_inqueue_requests", "Requests in shadow that would wait now"),
  CURRENT_EXECUTING_SEATS(
      "apf_proxy_shadow_current_executing_seats", "Seats that requests in shadow would hold now"),
  ENFORCED_PERCENT(
      "apf_proxy_enforced_percent",
      "Percent of the users whose requests are held to the decisions of the level");

  private final String meterName;
  private final String help;

  ShadowMetricName(String meterName, String help) {
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
}
