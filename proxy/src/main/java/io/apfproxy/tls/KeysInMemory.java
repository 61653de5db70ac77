package io.apfproxy.tls;

import java.security.Security;

/**
 * The kind of key store that certificates and keys are handed to TLS in, which never leaves memory.
 */
public final class KeysInMemory {
  /*
   * The JDK's default, PKCS12, derives a key from a password by thousands of rounds for each entry that
   * is put in and for each that is taken out: right for files, but here the password lies beside the
   * entry. At the start the JVM's compiler was busy with that for seconds, and all else waited for it.
   */
  static final String TYPE = "JKS";

  private KeysInMemory() {}

  /** Lets libraries in this process use it too. For the program only, which writes no such file. */
  public static void demand() {
    Security.setProperty("keystore.type", TYPE);
  }
}
