/**
 * Which schema and level a request belongs to, and which flow; and, beneath that, whose rules match
 * it, for whatever has such rules. Imports {@code java.*}, config, request and nullness. Open
 * {@link io.apfproxy.classify.Classifier} first.
 */
@NullMarked
package io.apfproxy.classify;

import org.jspecify.annotations.NullMarked;
