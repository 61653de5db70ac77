/**
 * What stands in a recording, by which name, for those who write it and those who read it. Open
 * {@link io.apfproxy.recorded.Naming} first.
 */
@NullMarked
package io.apfproxy.recorded;

import org.jspecify.annotations.NullMarked;
