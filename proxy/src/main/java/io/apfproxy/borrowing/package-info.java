/**
 * How priority levels lend seats to each other: demand over time, its smoothing, and the allocation
 * of a borrowing period; pure arithmetic. Imports {@code java.*} only. Open {@link
 * io.apfproxy.borrowing.LimitAdjustment} first.
 */
@NullMarked
package io.apfproxy.borrowing;

import org.jspecify.annotations.NullMarked;
