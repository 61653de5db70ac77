package io.apfproxy.tls;

/** A certificate chain and its key, both PEM. Secret: never logged. */
public record PemKeyPair(String certificates, String key) {
  @Override
  public String toString() {
    return "PemKeyPair[...]";
  }
}
