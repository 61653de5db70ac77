/**
 * The Kubernetes API for the proxy's own purposes: the only place for fabric8. {@code access} has
 * the credentials, {@code watch} what is watched, {@code review} what is asked about clients,
 * {@code write} what is written. Open {@link io.apfproxy.kube.access.UpstreamAccess} first.
 */
@NullMarked
package io.apfproxy.kube;

import org.jspecify.annotations.NullMarked;
