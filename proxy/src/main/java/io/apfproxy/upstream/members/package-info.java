/**
 * Which of an upstream's servers a request goes to, and what becomes of it while none is there.
 * Imports {@code java.*} only: what a member is, and how it is asked, is elsewhere. Open {@link
 * io.apfproxy.upstream.members.Members} first.
 */
@NullMarked
package io.apfproxy.upstream.members;

import org.jspecify.annotations.NullMarked;
