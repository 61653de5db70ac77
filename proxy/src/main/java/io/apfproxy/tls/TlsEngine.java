package io.apfproxy.tls;

import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.net.OpenSSLEngineOptions;
import io.vertx.core.net.SSLEngineOptions;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLSession;

/** What does the TLS of both sides: BoringSSL where its native library loads, else the JDK. */
public final class TlsEngine {
  private static final int MAY_SIGN = 0;

  private TlsEngine() {}

  /** Options with which connections that need it are made by the JDK all the same. */
  public static SSLEngineOptions options(EngineChoice choice) {
    return isNative() ? new TwoEngines(choice) : new JdkSSLEngineOptions();
  }

  /** Name for people. */
  public static String displayName() {
    return isNative() ? "BoringSSL" : "JDK";
  }

  /** Whether BoringSSL made this connection. */
  public static boolean isByBoringSsl(SSLSession session) {
    return session.getClass().getName().contains("OpenSsl");
  }

  /**
   * Whether BoringSSL does not ask clients for such a certificate, or refuses it for a key usage
   * that Go's TLS does not look at; one that it took is none.
   */
  public static boolean isRare(X509Certificate certificate) {
    try {
      boolean[] usage = certificate.getKeyUsage();
      return (usage != null && !usage[MAY_SIGN]) || TlsKeys.isRare(certificate.getPublicKey());
    } catch (IllegalStateException unreadable) { // parsed by Java only now
      return false;
    }
  }

  private static boolean isNative() {
    return OpenSSLEngineOptions.isAvailable();
  }
}
