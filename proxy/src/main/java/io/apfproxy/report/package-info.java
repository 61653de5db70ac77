/**
 * What the data path tells those who watch it. Imports {@code java.*} only. Open {@link
 * io.apfproxy.report.Reporter} first.
 */
@NullMarked
package io.apfproxy.report;

import org.jspecify.annotations.NullMarked;
