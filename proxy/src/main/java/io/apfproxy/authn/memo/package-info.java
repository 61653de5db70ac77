/**
 * Questions that are asked once: remembered answers, and the queue of those that are not answered
 * yet, all bounded in number and bytes. May import {@code request} and {@code time}, and Caffeine.
 * Open {@link io.apfproxy.authn.memo.Memo} first.
 */
@NullMarked
package io.apfproxy.authn.memo;

import org.jspecify.annotations.NullMarked;
