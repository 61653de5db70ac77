package io.apfproxy.server.listen;

import io.apfproxy.tls.EngineChoice;
import io.apfproxy.tls.KeyPairOptions;
import io.apfproxy.tls.PemKeyPair;
import io.apfproxy.tls.TlsEngine;
import io.apfproxy.upstream.wire.TcpProbes;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.ServerSSLOptions;
import io.vertx.core.net.TrustOptions;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/** Settings of the listening socket. Source: specification security.md 12 and 13. */
public final class Listening {
  /*
   * Everybody's certificates are only asked for: whether one is believed is decided at each request,
   * so that an unknown one gets a 401 as from kube-apiserver and not a failed handshake, and so that
   * expiry counts on a live connection. Hence a trust manager that asks nobody but the clientele,
   * which lets every chain pass unless it is too large to be looked at, or else knows its own.
   */
  private static final int MAX_LINE = 128 << 10;
  private static final int MAX_HEADERS = 256 << 10;
  private static final int MAX_CHUNK = 16 << 10;
  private static final int STREAMS = 250;
  private static final int STREAM_WINDOW = 32 << 10;
  private static final int CONNECTION_WINDOW = STREAMS * STREAM_WINDOW;
  private static final int BACKLOG = 4096;

  /**
   * Vert.x's own would count our time as the client's, and says nothing: {@link HandshakeWatch}.
   */
  private static final int NO_HANDSHAKE_TIMEOUT = 0;

  private static final List<String> ALPN = List.of("h2", "http/1.1", "http/1.0");

  private Listening() {}

  public static HttpServerOptions options(ServerConfig config, EngineChoice engines) {
    HttpServerOptions options =
        new HttpServerOptions()
            .setSsl(true)
            .setUseAlpn(true)
            // also what is spoken without ALPN: nginx and HAProxy's checks speak HTTP/1.0
            .setAlpnVersions(
                List.of(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1, HttpVersion.HTTP_1_0))
            .setKeyCertOptions(new KeyPairOptions(config.certificate()))
            .setClientAuth(asking(config.clientele()))
            .setTrustOptions(TrustOptions.wrap(new Presented(config.clientele())))
            .setSslHandshakeTimeout(NO_HANDSHAKE_TIMEOUT)
            .setAcceptBacklog(BACKLOG)
            .setMaxInitialLineLength(MAX_LINE)
            .setMaxHeaderSize(MAX_HEADERS)
            .setMaxChunkSize(MAX_CHUNK)
            .setHandle100ContinueAutomatically(false)
            .setHttp2ClearTextEnabled(false)
            .setHttp2ConnectionWindowSize(CONNECTION_WINDOW)
            .setInitialSettings(
                new Http2Settings()
                    .setPushEnabled(false)
                    .setMaxConcurrentStreams(STREAMS)
                    .setInitialWindowSize(STREAM_WINDOW)
                    .setMaxHeaderListSize(MAX_HEADERS))
            .setPerFrameWebSocketCompressionSupported(false)
            .setPerMessageWebSocketCompressionSupported(false);
    options.setSslEngineOptions(TlsEngine.options(engines));
    return TcpProbes.toClients(options);
  }

  /** For a replacement of the certificate: everything else must be said again. */
  public static ServerSSLOptions tls(Clientele clientele, PemKeyPair certificate) {
    return new ServerSSLOptions()
        .setKeyCertOptions(new KeyPairOptions(certificate))
        .setClientAuth(asking(clientele))
        .setTrustOptions(TrustOptions.wrap(new Presented(clientele)))
        .setUseAlpn(true)
        .setApplicationLayerProtocols(ALPN)
        .setSslHandshakeTimeout(NO_HANDSHAKE_TIMEOUT);
  }

  private static ClientAuth asking(Clientele clientele) {
    return clientele.few() ? ClientAuth.REQUIRED : ClientAuth.REQUEST;
  }

  /**
   * Extended, or the JDK's wrapper of any other would read the certificates, look for weak keys by
   * itself and end the handshake.
   */
  private static final class Presented extends X509ExtendedTrustManager {
    private final Clientele clientele;

    Presented(Clientele clientele) {
      this.clientele = clientele;
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType)
        throws CertificateException {
      clientele.chains().check(List.of(chain));
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
        throws CertificateException {
      clientele.chains().check(List.of(chain));
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
        throws CertificateException {
      clientele.chains().check(List.of(chain));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {
      throw clientsOnly();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {
      throw clientsOnly();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {
      throw clientsOnly();
    }

    private static UnsupportedOperationException clientsOnly() {
      return new UnsupportedOperationException("for clients only");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
