/**
 * A request on its way and its response on the way back, with their header rules. Open {@link
 * io.apfproxy.upstream.exchange.HttpExchange} first.
 */
@NullMarked
package io.apfproxy.upstream.exchange;

import org.jspecify.annotations.NullMarked;
