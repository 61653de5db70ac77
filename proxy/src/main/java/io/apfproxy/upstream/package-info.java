/**
 * The way to kube-apiserver: connections, forwarding, upgrades, the header rules of the outgoing
 * side.
 */
package io.apfproxy.upstream;
