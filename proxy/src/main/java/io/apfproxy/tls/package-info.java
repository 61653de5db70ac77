/**
 * Keys, certificates and engines of TLS, for both sides of the proxy: which keys are taken, how a
 * pair is presented, and when the JDK's engine does what BoringSSL does not. Open {@link
 * io.apfproxy.tls.TlsEngine} first.
 */
@NullMarked
package io.apfproxy.tls;

import org.jspecify.annotations.NullMarked;
