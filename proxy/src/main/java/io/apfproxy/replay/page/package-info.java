/**
 * A report for people and programs: the same facts as text, JSON and one page of HTML. Knows {@code
 * figures} only. Open {@code TextReport} first.
 */
@NullMarked
package io.apfproxy.replay.page;

import org.jspecify.annotations.NullMarked;
