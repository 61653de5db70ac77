/** What concerns the process as a whole. Imports {@code java.*} only. */
@NullMarked
package io.apfproxy.process;

import org.jspecify.annotations.NullMarked;
