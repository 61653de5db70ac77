/**
 * What the dashboard sees: a sample of all levels each second, five minutes of them, and its
 * rendering for those who watch. Nothing here is computed because somebody asks, but for what a
 * stream asks for by name. Imports the core and Jackson. Open {@link io.apfproxy.live.Sampler}
 * first.
 */
@NullMarked
package io.apfproxy.live;

import org.jspecify.annotations.NullMarked;
