/**
 * One priority level at run time: its lock, its queue set, its demand. Imports {@code queueset},
 * {@code borrowing} and {@code time}. Open {@link io.apfproxy.level.PriorityLevel} first.
 */
package io.apfproxy.level;
