/**
 * Who asks. {@code head} reads the head of a request into typed fields; {@code who} finds who sent
 * it, in kube-apiserver's order; {@code act} lets it act as another one; {@code tell} says how the
 * upstream is told; {@code memo} is what they remember and ask only once. Open {@link
 * io.apfproxy.authn.IdentityResolver} first.
 */
@NullMarked
package io.apfproxy.authn;

import org.jspecify.annotations.NullMarked;
