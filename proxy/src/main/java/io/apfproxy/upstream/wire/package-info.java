/**
 * The connections of one event loop to the upstream, and what is sent over them. Open {@link
 * io.apfproxy.upstream.wire.Upstream} first.
 */
@NullMarked
package io.apfproxy.upstream.wire;

import org.jspecify.annotations.NullMarked;
