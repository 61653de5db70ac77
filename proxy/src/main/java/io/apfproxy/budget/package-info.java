/**
 * How many seats there are in all: as configured, fewer when the server has just come back, or what
 * the server bears, which {@code SeatController} judges. Imports {@code time} and {@code java.*}
 * only. Open {@link io.apfproxy.budget.Budget} first.
 */
@NullMarked
package io.apfproxy.budget;

import org.jspecify.annotations.NullMarked;
