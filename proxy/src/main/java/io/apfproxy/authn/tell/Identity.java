package io.apfproxy.authn.tell;

import io.apfproxy.request.UserInfo;
import java.util.List;
import java.util.Map.Entry;
import org.jspecify.annotations.Nullable;

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
    Assertion assertion,
    boolean byCertificate) {
  /** One that no certificate proved. */
  public Identity(UserInfo authenticated, UserInfo effective, Mode mode, Assertion assertion) {
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
   * What the upstream is told, last of all. Header values are bytes as ISO-8859-1 chars.
   *
   * @param user the line that names whom the proxy vouches for; null where it vouches for nobody
   * @param anonymous whether the upstream will find nobody in particular behind the request
   * @param others all other lines that say who it is, in order
   */
  public record Assertion(
      @Nullable Entry<String, String> user, boolean anonymous, List<Entry<String, String>> others) {
    public Assertion {
      others = List.copyOf(others);
    }
  }
}
