package io.apfproxy.upstream.wire;

import io.apfproxy.tls.PemKeyPair;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * One kube-apiserver and the credentials the proxy may use there. Secrets: never log.
 *
 * @param server scheme, host, port and perhaps a path prefix, as in a kubeconfig
 * @param certificateAuthority PEM; null for the machine's trusted authorities
 * @param tlsServerName name its certificate must have; null for the host of {@code server}
 * @param ownCertificate the client certificate to impersonate with; null if there is none
 * @param frontProxyCertificate for request-header mode; null if none is configured
 */
public record UpstreamConfig(
    URI server,
    @Nullable String certificateAuthority,
    boolean insecureSkipTlsVerify,
    @Nullable String tlsServerName,
    @Nullable PemKeyPair ownCertificate,
    @Nullable PemKeyPair frontProxyCertificate) {}
