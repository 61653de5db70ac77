/**
 * Builds the proxy of its parts and owns their order. {@code ProxyApp} is that order: start, and
 * stop the other way round. The parts each open one thing: {@code ServingCertificate}, {@code
 * Transports}, {@code FlowControlPart} and {@code FlowSources}, {@code IdentityPart}, {@code
 * AdminPart}, {@code MainListener} and {@code BreakGlass}, each a {@code ListenerPart}. {@code
 * UpstreamWatch} notices that the upstream is away, {@code UpstreamHealth} and {@code Readiness}
 * say whether clients are served, {@code WarmUp} lets the JVM compile before they come with a
 * {@code SecondProxy}, {@code Housekeeping} does what comes again and again. Imports every other
 * package. Open {@link io.apfproxy.app.ProxyApp} first.
 */
@NullMarked
package io.apfproxy.app;

import org.jspecify.annotations.NullMarked;
