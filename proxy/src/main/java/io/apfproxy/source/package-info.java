/**
 * Where objects of flow control come from: YAML and JSON as they are written, in any version, files
 * of them, what a source is, and how a change of one comes into force. Imports Jackson, SnakeYAML,
 * flowcontrol, config and nullness. Open {@link io.apfproxy.source.FlowSource} first, then {@link
 * io.apfproxy.source.Reconfiguration}.
 */
@NullMarked
package io.apfproxy.source;

import org.jspecify.annotations.NullMarked;
