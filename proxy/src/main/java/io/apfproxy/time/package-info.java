/** Clocks. Imports {@code java.*} only. */
@NullMarked
package io.apfproxy.time;

import org.jspecify.annotations.NullMarked;
