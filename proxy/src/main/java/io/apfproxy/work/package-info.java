/**
 * How much work a request is: width in seats, from object counts, watchers and what lists weighed,
 * and the answer to "when may I come back". Arithmetic only; {@code learn} reads the responses that
 * it learns from. Imports {@code java.*}, {@code request}, {@code queueset} and {@code time} only.
 * Open {@link io.apfproxy.work.WorkEstimator} first.
 */
@NullMarked
package io.apfproxy.work;

import org.jspecify.annotations.NullMarked;
