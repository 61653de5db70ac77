/**
 * Meters: kube-apiserver's own for flow control, {@code apf_proxy_*} for what is ours, the
 * process's. The only place for Micrometer and the Prometheus client. Imports the storeys below.
 * Open {@link io.apfproxy.metrics.ProxyMetrics} first.
 */
@NullMarked
package io.apfproxy.metrics;

import org.jspecify.annotations.NullMarked;
