/**
 * The listener of the data path. {@code listen} is what is let in and how, {@code walk} the way of
 * a request from its head to its response, {@code log} what is written of it. Open {@link
 * io.apfproxy.server.ProxyServer} first.
 */
@NullMarked
package io.apfproxy.server;

import org.jspecify.annotations.NullMarked;
