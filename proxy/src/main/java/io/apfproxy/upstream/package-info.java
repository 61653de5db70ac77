/**
 * The way to kube-apiserver. {@code members} chooses the server, {@code wire} has the connections,
 * {@code exchange} a request and its response, {@code tunnel} what is upgraded. {@code Pulse} asks
 * whether anybody is there. Open {@link io.apfproxy.upstream.Forwarder} first.
 */
@NullMarked
package io.apfproxy.upstream;

import org.jspecify.annotations.NullMarked;
