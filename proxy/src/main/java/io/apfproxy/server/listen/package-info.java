/**
 * The socket and all before a request is one: who is let in ({@code OpenConnections}, by {@code
 * Places} and {@code Handshakes}), TLS, heads that are not complete ({@code HeadMeter}). Open
 * {@link io.apfproxy.server.listen.AcceptGuard} first.
 */
@NullMarked
package io.apfproxy.server.listen;

import org.jspecify.annotations.NullMarked;
