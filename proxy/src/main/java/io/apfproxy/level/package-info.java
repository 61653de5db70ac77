/**
 * One priority level at run time: its lock, its queue set, its demand. Imports {@code queueset},
 * {@code borrowing} and {@code time}. Open {@link io.apfproxy.level.PriorityLevel} first.
 */
@NullMarked
package io.apfproxy.level;

import org.jspecify.annotations.NullMarked;
