/**
 * What a run in virtual time counts, and what stands in a report. Knows the core only. Open {@code
 * Figures} first: it is told everything; {@code Outcome} is what it makes of that.
 */
@NullMarked
package io.apfproxy.replay.figures;

import org.jspecify.annotations.NullMarked;
