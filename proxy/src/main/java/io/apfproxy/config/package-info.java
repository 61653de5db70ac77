/**
 * Configuration of flow control: the two kinds of objects, their defaults and validation, the
 * built-in objects, and the digested set a level or classifier is built from. Immutable. Imports
 * {@code java.*}, request, queueset and nullness. Open {@link
 * io.apfproxy.config.FlowControlConfiguration} first.
 */
@NullMarked
package io.apfproxy.config;

import org.jspecify.annotations.NullMarked;
