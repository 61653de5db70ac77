/**
 * How the upstream is told who asks. Open {@link io.apfproxy.authn.tell.UpstreamIdentityPolicy}
 * first.
 */
@NullMarked
package io.apfproxy.authn.tell;

import org.jspecify.annotations.NullMarked;
