package io.apfproxy.tls;

/**
 * Lets no client of this process repeat the handshake of its connection: what a handshake costs is
 * bounded where connections come in. For the program only, before its first connection.
 */
public final class OneHandshake {
  /*
   * BoringSSL knows no other way, TLS 1.3 neither. The JDK asks this property, once.
   */
  private static final String JDK = "jdk.tls.rejectClientInitiatedRenegotiation";

  private OneHandshake() {}

  /** From now on. */
  public static void demand() {
    System.setProperty(JDK, "true");
  }
}
