package io.apfproxy.upstream.wire;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.TrustOptions;
import java.util.function.Function;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/**
 * Trusts those whose certificates are these or come from them. Equal to another one of the same
 * text.
 *
 * @param pem one or more certificates
 */
record TrustedAuthority(String pem) implements TrustOptions {
  /*
   * Vert.x looks for a connection by the hash of its options, once for each request, and its own
   * ones are hashed byte by byte each time. A string knows its hash.
   */
  @Override
  public TrustOptions copy() {
    return this;
  }

  @Override
  public TrustManagerFactory getTrustManagerFactory(Vertx vertx) throws Exception {
    return options().getTrustManagerFactory(vertx);
  }

  @Override
  public Function<String, TrustManager[]> trustManagerMapper(Vertx vertx) throws Exception {
    return options().trustManagerMapper(vertx);
  }

  private PemTrustOptions options() {
    return new PemTrustOptions().addCertValue(Buffer.buffer(pem));
  }
}
