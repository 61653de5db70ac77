/**
 * Top talkers: who uses the proxy and who is refused, by user, agent, namespace, kind of request,
 * address and flow, for the last ten seconds to ten minutes, in a fixed amount of memory. Event
 * loops write to a ring each ({@code TalkerRing}); one thread reads them into sketches ({@code
 * HeavyHitters}) by panes of time ({@code TalkerPanes}). Imports {@code java.*} and the storeys
 * below. Open {@link io.apfproxy.report.talkers.Talkers} first.
 */
@NullMarked
package io.apfproxy.report.talkers;

import org.jspecify.annotations.NullMarked;
