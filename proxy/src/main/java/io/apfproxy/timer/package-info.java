/**
 * What happens later or again and again: {@code Timers} is a thread that does it, {@code
 * Repetition} the rule by which it comes again, in whatever time. Imports {@code time} and {@code
 * process}. Open {@link io.apfproxy.timer.Timers} first.
 */
@NullMarked
package io.apfproxy.timer;

import org.jspecify.annotations.NullMarked;
