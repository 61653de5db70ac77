/**
 * With whose credentials the Kubernetes API is asked, and how. Open {@link
 * io.apfproxy.kube.access.UpstreamAccess} first.
 */
@NullMarked
package io.apfproxy.kube.access;

import org.jspecify.annotations.NullMarked;
