/**
 * What is watched there: schemas, levels and rate limits, whom to trust, how many objects there
 * are. Open {@link io.apfproxy.kube.watch.ClusterSource} first.
 */
@NullMarked
package io.apfproxy.kube.watch;

import org.jspecify.annotations.NullMarked;
