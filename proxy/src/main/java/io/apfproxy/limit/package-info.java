/**
 * Rate limits: how often, how much, or how many at a time some may ask, beside their priority
 * level. The gates that requests pass for that, and what is known of each key. Imports {@code
 * java.*}, classify, config, gate, request, time and nullness. Open {@link
 * io.apfproxy.limit.RateLimits} first.
 */
@NullMarked
package io.apfproxy.limit;

import org.jspecify.annotations.NullMarked;
