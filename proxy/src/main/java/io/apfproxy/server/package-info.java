/**
 * The listener of the data path: which connections are let in, TLS, the walk of a request from its
 * head to its response, and the replies the proxy makes itself. Imports everything below. Open
 * {@link io.apfproxy.server.ProxyServer} first, then {@code RequestPipeline}.
 */
package io.apfproxy.server;
