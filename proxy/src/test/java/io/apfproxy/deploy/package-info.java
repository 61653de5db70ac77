/**
 * What installs the proxy in a cluster: the chart, read by Helm itself, and the manifests. Open
 * {@link io.apfproxy.deploy.Chart} first.
 */
package io.apfproxy.deploy;
