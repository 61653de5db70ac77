/** Clocks. Imports {@code java.*} only. */
package io.apfproxy.time;
