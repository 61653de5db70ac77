package io.apfproxy.authn.tell;

import io.apfproxy.request.UserInfo;

/**
 * Who asks, and how upstream is told.
 *
 * @param authenticated who the credentials say it is
 * @param effective whom flow control sees: after impersonation, once an access review allowed it;
 *     else {@code authenticated}
 * @param mode how the identity travels; each mode has its own upstream connections
 * @param assertion what the mode says upstream
 * @param byCertificate whether a client certificate proved it, the user's or a front proxy's
 */
public record Identity(
    UserInfo authenticated,
    UserInfo effective,
    Mode mode,
    UpstreamHeaders assertion,
    boolean byCertificate) {
  /** One that no certificate proved. */
  public Identity(
      UserInfo authenticated, UserInfo effective, Mode mode, UpstreamHeaders assertion) {
    this(authenticated, effective, mode, assertion, false);
  }

  /** How an identity travels to the upstream. Source: design, product.md section 3. */
  public enum Mode {
    /**
     * The client's own bearer token, or nothing for anonymous; the connection presents no
     * certificate.
     */
    PASS_THROUGH,
    /** {@code X-Remote-*} over the front-proxy certificate. */
    REQUEST_HEADER,
    /** {@code Impersonate-*} with the proxy's own credential. */
    IMPERSONATION
  }

  /**
   * The header lines that say who it is, set last, in order. Values are bytes as ISO-8859-1 chars.
   */
  public record UpstreamHeaders(java.util.List<java.util.Map.Entry<String, String>> lines) {
    public UpstreamHeaders {
      lines = java.util.List.copyOf(lines);
    }
  }
}
