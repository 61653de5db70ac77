/**
 * The whole proxy measured beside others: before the same upstream, in turns, nothing, HAProxy,
 * nginx and our jar, all with TLS on both sides. Nothing here asserts a time. Open {@code Whole}
 * first, then {@code Turn}.
 */
package io.apfproxy.whole;
