/**
 * What is written there: Leases, and by the one proxy that holds the leader's, conditions and
 * missing objects. Open {@link io.apfproxy.kube.write.LeaderLease} first.
 */
@NullMarked
package io.apfproxy.kube.write;

import org.jspecify.annotations.NullMarked;
