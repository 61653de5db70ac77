/**
 * Traces of requests, told to a collector by OTLP over HTTP; the only place for OpenTelemetry. Open
 * {@link io.apfproxy.tracing.Tracing} first, {@link io.apfproxy.tracing.RequestTrace} is one
 * request.
 */
@NullMarked
package io.apfproxy.tracing;

import org.jspecify.annotations.NullMarked;
