/**
 * Time as the core is given it: a clock, something that happens later, rates. Imports {@code
 * java.*} only. Open {@link io.apfproxy.time.TimeSource} first.
 */
@NullMarked
package io.apfproxy.time;

import org.jspecify.annotations.NullMarked;
