/**
 * Which schema and level a request belongs to, and which flow. Imports {@code java.*}, config,
 * request and nullness. Open {@link io.apfproxy.classify.Classifier} first.
 */
@NullMarked
package io.apfproxy.classify;

import org.jspecify.annotations.NullMarked;
