/**
 * Connections that change their protocol: exec, attach, port-forward. Open {@link
 * io.apfproxy.upstream.tunnel.UpgradeTunnel} first.
 */
@NullMarked
package io.apfproxy.upstream.tunnel;

import org.jspecify.annotations.NullMarked;
