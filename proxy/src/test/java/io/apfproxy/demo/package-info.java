/**
 * What the proxy is good for, in half a minute: an elephant and some mice before an API server of
 * limited capacity, without and with flow control. Open {@link io.apfproxy.demo.Demo} first.
 */
package io.apfproxy.demo;
