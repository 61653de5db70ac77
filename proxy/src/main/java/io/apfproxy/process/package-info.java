/**
 * What concerns the process as a whole: when it has to end, and what its container may have.
 * Imports {@code java.*} only. Open {@link io.apfproxy.process.OutOfMemory} first.
 */
@NullMarked
package io.apfproxy.process;

import org.jspecify.annotations.NullMarked;
