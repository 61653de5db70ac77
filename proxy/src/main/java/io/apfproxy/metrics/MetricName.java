package io.apfproxy.metrics;

/** What a metric is called and what it means. */
interface MetricName {
  /** As it is scraped, without the suffix of its type. */
  String meterName();

  String help();
}
