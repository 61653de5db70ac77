/**
 * What happens later or again and again, on threads of its own. Open {@link
 * io.apfproxy.timer.Timers} first.
 */
@NullMarked
package io.apfproxy.timer;

import org.jspecify.annotations.NullMarked;
