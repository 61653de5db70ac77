/**
 * Configuration of flow control: the kinds of objects, how they are read and written, their
 * defaults and validation, the built-in objects, the plan of what is in force, and the digested set
 * a level or classifier is built from. Immutable. Imports {@code java.*}, request, queueset and
 * nullness. Open {@link io.apfproxy.config.Kind} first, the table of kinds, then {@link
 * io.apfproxy.config.FlowControlConfiguration}.
 */
@NullMarked
package io.apfproxy.config;

import org.jspecify.annotations.NullMarked;
