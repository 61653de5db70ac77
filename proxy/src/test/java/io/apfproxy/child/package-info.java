/** The proxy as a process: for tests that start what users start. Open {@code ChildProxy} first. */
package io.apfproxy.child;
