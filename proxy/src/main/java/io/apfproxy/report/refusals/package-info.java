/**
 * The refusal book: the last requests and connections that the proxy refused, each with what led to
 * it, in a fixed amount of memory. Imports {@code java.*} and the storeys below. Open {@link
 * io.apfproxy.report.refusals.RefusalBook} first.
 */
@NullMarked
package io.apfproxy.report.refusals;

import org.jspecify.annotations.NullMarked;
