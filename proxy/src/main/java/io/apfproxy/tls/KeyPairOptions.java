package io.apfproxy.tls;

import io.vertx.core.Vertx;
import io.vertx.core.net.KeyCertOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.function.Function;
import javax.net.ssl.KeyManagerFactory;

/**
 * Presents a pair that {@link KeyPairPem} took. The library's own reading of PEM knows RSA and EC
 * only. Equal to another one of the same pair.
 */
public record KeyPairOptions(PemKeyPair pair) implements KeyCertOptions {
  @Override
  public KeyCertOptions copy() {
    return this;
  }

  @Override
  public KeyManagerFactory getKeyManagerFactory(Vertx vertx)
      throws IOException, GeneralSecurityException {
    return keyManagers();
  }

  /**
   * For other libraries.
   *
   * @throws IOException if its certificates or its key cannot be read
   */
  public KeyManagerFactory keyManagers() throws IOException, GeneralSecurityException {
    KeyPairPem.Parts parts;
    try {
      parts =
          KeyPairPem.parts(
              pair.certificates().getBytes(StandardCharsets.ISO_8859_1),
              pair.key().getBytes(StandardCharsets.ISO_8859_1));
    } catch (KeyPairPem.UnusableException e) {
      throw new IOException("found " + e.getMessage() + ", expected " + e.expected(""), e);
    }
    char[] password = "in memory".toCharArray();
    KeyStore store = KeyStore.getInstance(KeysInMemory.TYPE);
    store.load(null);
    store.setKeyEntry("own", parts.key(), password, parts.chain().toArray(Certificate[]::new));
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, password);
    return factory;
  }

  @Override
  public Function<String, KeyManagerFactory> keyManagerFactoryMapper(Vertx vertx) {
    return serverName -> null;
  }
}
