/**
 * The way of a request from its head to its response, and the replies that the proxy makes itself:
 * {@code Walk} leads it from {@code Station} to station, {@code Wait} is whatever it waits for,
 * {@code Interruptible} what may befall it meanwhile, {@code Holdings} what it has to give back,
 * {@code Call} the request itself, {@code KnownRequest} what is known of it, {@code
 * RequestPipeline} where an event loop's requests come in. Open {@link
 * io.apfproxy.server.walk.Walk} first.
 */
@NullMarked
package io.apfproxy.server.walk;

import org.jspecify.annotations.NullMarked;
