/**
 * A request on its way and its response on the way back, with their header rules. {@link
 * io.apfproxy.upstream.exchange.Exchange} has the stages of all of them; open {@link
 * io.apfproxy.upstream.exchange.HttpExchange} next.
 */
@NullMarked
package io.apfproxy.upstream.exchange;

import org.jspecify.annotations.NullMarked;
