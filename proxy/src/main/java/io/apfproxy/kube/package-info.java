/**
 * The way to the Kubernetes API for the proxy's own purposes: the only place for fabric8. May
 * import everything below. Open {@link io.apfproxy.kube.UpstreamAccess} first.
 */
package io.apfproxy.kube;
