/**
 * How much work a request is, and what is learned from responses to tell: width in seats, object
 * counts, watchers, the answer to "when may I come back". Imports {@code java.*}, {@code request},
 * {@code queueset} and {@code time} only. Open {@link io.apfproxy.work.WorkEstimator} first.
 */
@NullMarked
package io.apfproxy.work;

import org.jspecify.annotations.NullMarked;
