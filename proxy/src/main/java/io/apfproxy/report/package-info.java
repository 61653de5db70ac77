/**
 * What the data path tells those who watch it: the {@link io.apfproxy.report.Account} of each
 * request, and what is no request's. Imports {@code java.*} only. Open {@link
 * io.apfproxy.report.Reporter} first.
 */
@NullMarked
package io.apfproxy.report;

import org.jspecify.annotations.NullMarked;
