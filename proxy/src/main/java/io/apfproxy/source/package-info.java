/**
 * Where schemas and levels come from: the decoder of objects as they are written, files of them,
 * and what a source is. Imports Jackson, SnakeYAML, config and nullness. Open {@link
 * io.apfproxy.source.FlowSource} first.
 */
@NullMarked
package io.apfproxy.source;

import org.jspecify.annotations.NullMarked;
