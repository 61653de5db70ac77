/**
 * The product as its own process between real clients and a real control plane. Imports the
 * fixtures and test libraries only, no product class. Open {@link io.apfproxy.real.ProxyProcess}
 * first.
 */
package io.apfproxy.real;
