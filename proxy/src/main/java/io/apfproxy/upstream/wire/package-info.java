/**
 * The connections of one event loop to one member of the upstream, and what is sent over them. Open
 * {@link io.apfproxy.upstream.wire.MemberConnections} first.
 */
@NullMarked
package io.apfproxy.upstream.wire;

import org.jspecify.annotations.NullMarked;
