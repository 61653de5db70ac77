package io.apfproxy.tls;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslProvider;
import io.vertx.core.net.SSLEngineOptions;
import io.vertx.core.spi.tls.DefaultSslContextFactory;
import io.vertx.core.spi.tls.SslContextFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509KeyManager;

/** Options for BoringSSL and the JDK beside each other, chosen for each connection. */
final class TwoEngines extends SSLEngineOptions {
  private final EngineChoice choice;

  TwoEngines(EngineChoice choice) {
    this.choice = choice;
  }

  @Override
  public SSLEngineOptions copy() {
    return this; // immutable but for a flag that nobody here sets
  }

  @Override
  public SslContextFactory sslContextFactory() {
    return new Factory(
        choice,
        new DefaultSslContextFactory(SslProvider.OPENSSL, true),
        new DefaultSslContextFactory(SslProvider.JDK, true));
  }

  /** Tells both what it is told. */
  private static final class Factory implements SslContextFactory {
    private final EngineChoice choice;
    private final SslContextFactory boring;
    private final SslContextFactory jdk;
    private boolean jdkOnly;

    Factory(EngineChoice choice, SslContextFactory boring, SslContextFactory jdk) {
      this.choice = choice;
      this.boring = boring;
      this.jdk = jdk;
    }

    private SslContextFactory both(Consumer<SslContextFactory> setting) {
      setting.accept(boring);
      setting.accept(jdk);
      return this;
    }

    @Override
    public SslContextFactory useAlpn(boolean useAlpn) {
      return both(factory -> factory.useAlpn(useAlpn));
    }

    @Override
    public SslContextFactory forServer(ClientAuth clientAuth) {
      return both(factory -> factory.forServer(clientAuth));
    }

    @Override
    public SslContextFactory forClient(SNIServerName serverName, String identification) {
      return both(factory -> factory.forClient(serverName, identification));
    }

    @Override
    public SslContextFactory enabledProtocols(Set<String> enabledProtocols) {
      return both(factory -> factory.enabledProtocols(enabledProtocols));
    }

    @Override
    public SslContextFactory keyMananagerFactory(KeyManagerFactory keys) {
      // Netty cannot present any other keys by BoringSSL than those of RSA and EC
      jdkOnly =
          Arrays.stream(keys.getKeyManagers())
              .anyMatch(
                  manager ->
                      manager instanceof X509KeyManager x509
                          && x509.getServerAliases("EdDSA", null) != null);
      return both(factory -> factory.keyMananagerFactory(keys));
    }

    @Override
    public SslContextFactory trustManagerFactory(TrustManagerFactory trust) {
      return both(factory -> factory.trustManagerFactory(trust));
    }

    @Override
    public SslContextFactory enabledCipherSuites(Set<String> suites) {
      return both(factory -> factory.enabledCipherSuites(suites));
    }

    @Override
    public SslContextFactory applicationProtocols(List<String> protocols) {
      return both(factory -> factory.applicationProtocols(protocols));
    }

    @Override
    public SslContext create() throws SSLException {
      return jdkOnly ? jdk.create() : new TwoEngineContext(boring.create(), jdk.create(), choice);
    }
  }
}
