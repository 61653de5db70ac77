package io.apfproxy.authn;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.Date;
import java.util.Set;

/** As the TLS engine hands it over: bytes, which throw when they are looked at more closely. */
@SuppressWarnings("JavaUtilDate")
final class UnreadableCertificate extends X509Certificate {
  @Override
  public byte[] getEncoded() {
    return "no certificate".getBytes(StandardCharsets.US_ASCII);
  }

  private static IllegalStateException unreadable() {
    return new IllegalStateException("cannot be parsed");
  }

  @Override
  public void checkValidity() {
    throw unreadable();
  }

  @Override
  public void checkValidity(Date date) {
    throw unreadable();
  }

  @Override
  public int getVersion() {
    throw unreadable();
  }

  @Override
  public BigInteger getSerialNumber() {
    throw unreadable();
  }

  @Override
  public Principal getIssuerDN() {
    throw unreadable();
  }

  @Override
  public Principal getSubjectDN() {
    throw unreadable();
  }

  @Override
  public Date getNotBefore() {
    throw unreadable();
  }

  @Override
  public Date getNotAfter() {
    throw unreadable();
  }

  @Override
  public byte[] getTBSCertificate() {
    throw unreadable();
  }

  @Override
  public byte[] getSignature() {
    throw unreadable();
  }

  @Override
  public String getSigAlgName() {
    throw unreadable();
  }

  @Override
  public String getSigAlgOID() {
    throw unreadable();
  }

  @Override
  public byte[] getSigAlgParams() {
    throw unreadable();
  }

  @Override
  public boolean[] getIssuerUniqueID() {
    throw unreadable();
  }

  @Override
  public boolean[] getSubjectUniqueID() {
    throw unreadable();
  }

  @Override
  public boolean[] getKeyUsage() {
    throw unreadable();
  }

  @Override
  public int getBasicConstraints() {
    throw unreadable();
  }

  @Override
  public void verify(PublicKey key) {
    throw unreadable();
  }

  @Override
  public void verify(PublicKey key, String provider) {
    throw unreadable();
  }

  @Override
  public String toString() {
    throw unreadable();
  }

  @Override
  public PublicKey getPublicKey() {
    throw unreadable();
  }

  @Override
  public boolean hasUnsupportedCriticalExtension() {
    throw unreadable();
  }

  @Override
  public Set<String> getCriticalExtensionOIDs() {
    throw unreadable();
  }

  @Override
  public Set<String> getNonCriticalExtensionOIDs() {
    throw unreadable();
  }

  @Override
  public byte[] getExtensionValue(String oid) {
    throw unreadable();
  }
}
