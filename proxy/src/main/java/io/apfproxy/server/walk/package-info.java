/**
 * The way of a request from its head to its response, and the replies that the proxy makes itself.
 * Open {@link io.apfproxy.server.walk.RequestPipeline} first.
 */
@NullMarked
package io.apfproxy.server.walk;

import org.jspecify.annotations.NullMarked;
