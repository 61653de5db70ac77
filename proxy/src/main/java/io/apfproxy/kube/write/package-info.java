/**
 * What is written there, by one proxy at a time: conditions, missing objects. Open {@link
 * io.apfproxy.kube.write.LeaderLease} first.
 */
@NullMarked
package io.apfproxy.kube.write;

import org.jspecify.annotations.NullMarked;
