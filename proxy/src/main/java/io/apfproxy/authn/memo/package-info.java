/**
 * Questions that are asked once: remembered answers, and the queue of those that are not answered
 * yet, all bounded in number and bytes. Open {@link io.apfproxy.authn.memo.ReviewQueue} first.
 */
@NullMarked
package io.apfproxy.authn.memo;

import org.jspecify.annotations.NullMarked;
