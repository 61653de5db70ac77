/**
 * Who sent a request: certificates, a front proxy's headers, tokens. Open {@link
 * io.apfproxy.authn.who.ClientAuthenticator} first.
 */
@NullMarked
package io.apfproxy.authn.who;

import org.jspecify.annotations.NullMarked;
