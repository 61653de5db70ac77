/**
 * Builds the proxy of its parts and owns their order: start, readiness, housekeeping, drain, stop.
 * Imports every other package. Open {@link io.apfproxy.app.ProxyApp} first.
 */
@NullMarked
package io.apfproxy.app;

import org.jspecify.annotations.NullMarked;
