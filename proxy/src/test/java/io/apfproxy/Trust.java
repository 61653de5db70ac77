package io.apfproxy;

import io.apfproxy.tls.TrustingTls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;

/** {@link TrustingTls} for tests, where no file is bad. */
public final class Trust {
  private Trust() {}

  /**
   * @param authorities PEM file
   * @param own what the client presents, if it is asked
   */
  public static SSLContext in(Path authorities, KeyManager... own) {
    try {
      return TrustingTls.context(authorities, own);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
