/**
 * The socket and all before a request is one: who is let in, TLS, heads that are not complete. Open
 * {@link io.apfproxy.server.listen.AcceptGuard} first.
 */
@NullMarked
package io.apfproxy.server.listen;

import org.jspecify.annotations.NullMarked;
