package io.apfproxy.server.listen;

import io.apfproxy.tls.TlsEngine;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * What one connection shows of the engine that suits its address; each thing is told once. Belongs
 * to its event loop.
 */
public final class EngineProof {
  private final String address;
  private final List<X509Certificate> certificates;
  private final boolean byBoringSsl;
  private boolean judged;
  private boolean believed;

  /**
   * @param certificates as presented, unverified
   * @param byBoringSsl whether that made the connection
   */
  EngineProof(String address, List<X509Certificate> certificates, boolean byBoringSsl) {
    this.address = address;
    this.certificates = certificates;
    this.byBoringSsl = byBoringSsl;
  }

  /**
   * Its first request has come.
   *
   * @param bare whether the request has no credentials, and is none that strangers send honestly
   */
  public void firstRequest(boolean hasToken, boolean bare, ClientEngines engines) {
    if (judged) {
      return;
    }
    judged = true;
    if (isRare()) {
      engines.showedUnproven(address);
    } else if (!certificates.isEmpty() || hasToken) {
      engines.showed(address, false);
    } else if (bare && byBoringSsl) {
      engines.showedNothing(address);
    }
  }

  /** Its certificate proved who asks. */
  public void believed(ClientEngines engines) {
    if (!believed && isRare()) {
      believed = true;
      engines.showed(address, true);
    }
  }

  private boolean isRare() {
    return !certificates.isEmpty() && TlsEngine.isRare(certificates.get(0));
  }
}
