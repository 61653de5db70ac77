/**
 * The way of a request from its head to its response, and the replies that the proxy makes itself.
 * Open {@link io.apfproxy.server.walk.Walk} first, and {@link
 * io.apfproxy.server.walk.RequestPipeline} for who sets off on it.
 */
@NullMarked
package io.apfproxy.server.walk;

import org.jspecify.annotations.NullMarked;
