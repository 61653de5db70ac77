package io.apfproxy.upstream;

import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.net.OpenSSLEngineOptions;
import io.vertx.core.net.SSLEngineOptions;

/** What does the TLS of both sides: BoringSSL where its native library loads, else the JDK. */
public final class TlsEngine {
  private TlsEngine() {}

  /** A new set of options; they are mutable. */
  public static SSLEngineOptions options() {
    return isNative() ? new OpenSSLEngineOptions() : new JdkSSLEngineOptions();
  }

  /** Name for people. */
  public static String displayName() {
    return isNative() ? "BoringSSL" : "JDK";
  }

  private static boolean isNative() {
    return OpenSSLEngineOptions.isAvailable();
  }
}
