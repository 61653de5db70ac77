package io.apfproxy.authn.tell;

import io.apfproxy.authn.head.ClientTrust;
import io.apfproxy.authn.head.FrontProxyHeaders;
import io.apfproxy.authn.head.Refusals;
import io.apfproxy.authn.tell.Identity.Mode;
import io.apfproxy.authn.who.ClientAuthenticator.Authenticated;
import io.apfproxy.request.RefusedException;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Which modes may carry an identity upstream. The first mode of {@link #order} that is available
 * and able to carry the identity does: pass-through carries bearer tokens only, request-header no
 * uid that the upstream would not read. Anonymous requests always go without credential.
 *
 * @param order preferred first
 * @param available modes the proxy has the credentials for
 */
public record UpstreamIdentityPolicy(List<Mode> order, Set<Mode> available) {
  private static final List<Mode> AUTO =
      List.of(Mode.PASS_THROUGH, Mode.REQUEST_HEADER, Mode.IMPERSONATION);

  public UpstreamIdentityPolicy {
    order = List.copyOf(order);
    available = Set.copyOf(available);
  }

  /**
   * @param words of {@code --upstream-identity}: {@code auto} alone, or modes in order of
   *     preference
   * @param frontProxyCertificate whether one is configured
   * @param ownCredential whether the proxy has one to impersonate with
   * @throws IllegalArgumentException naming the flag and what was expected
   */
  public static UpstreamIdentityPolicy parse(
      List<String> words, boolean frontProxyCertificate, boolean ownCredential) {
    EnumSet<Mode> available = EnumSet.of(Mode.PASS_THROUGH);
    if (frontProxyCertificate) {
      available.add(Mode.REQUEST_HEADER);
    }
    if (ownCredential) {
      available.add(Mode.IMPERSONATION);
    }
    if (words.equals(List.of("auto"))) {
      return new UpstreamIdentityPolicy(AUTO, available);
    }
    List<Mode> order = words.stream().map(UpstreamIdentityPolicy::mode).distinct().toList();
    if (order.isEmpty()) {
      throw new IllegalArgumentException("--upstream-identity is empty, " + EXPECTED);
    }
    if (order.contains(Mode.REQUEST_HEADER) && !frontProxyCertificate) {
      throw new IllegalArgumentException(
          "--upstream-identity=request-header needs --proxy-client-cert-file and"
              + " --proxy-client-key-file");
    }
    if (order.contains(Mode.IMPERSONATION) && !ownCredential) {
      throw new IllegalArgumentException(
          "--upstream-identity=impersonation needs a credential of the proxy in --kubeconfig");
    }
    return new UpstreamIdentityPolicy(order, available);
  }

  private static final String EXPECTED =
      "must be auto, or a list of pass-through, request-header, impersonation";

  private static Mode mode(String word) {
    return switch (word.trim().toLowerCase(Locale.ROOT)) {
      case "pass-through" -> Mode.PASS_THROUGH;
      case "request-header" -> Mode.REQUEST_HEADER;
      case "impersonation" -> Mode.IMPERSONATION;
      default ->
          throw new IllegalArgumentException(
              "--upstream-identity has \"" + word + "\", " + EXPECTED);
    };
  }

  /**
   * @throws RefusedException 403 if no mode can carry this identity, 503 if one may be able to once
   *     it is known which headers the upstream believes
   */
  public Mode choose(Authenticated who, ClientTrust trust) throws RefusedException {
    /*
     * Headers of clients are dropped by the names that the upstream believes. As long as those are
     * not known, nothing goes over the certificate for which it believes them. The other ways are
     * safe: without certificate it believes none, and where the proxy impersonates, it acts as whom
     * Impersonate-User names, whoever it takes for the sender.
     */
    FrontProxyHeaders upstream = trust.upstream();
    if (who.isAnonymous()) {
      return Mode.PASS_THROUGH;
    }
    for (Mode mode : order) {
      boolean able =
          switch (mode) {
            case PASS_THROUGH -> who.token() != null;
            case REQUEST_HEADER ->
                trust.upstreamKnown()
                    && !upstream.user().isEmpty()
                    && (who.user().uid().isEmpty() || !upstream.uid().isEmpty());
            case IMPERSONATION -> true;
          };
      if (able && available.contains(mode)) {
        return mode;
      }
    }
    if (order.contains(Mode.REQUEST_HEADER)
        && available.contains(Mode.REQUEST_HEADER)
        && !trust.upstreamKnown()) {
      throw Refusals.unavailable(
          "upstream-headers-unknown",
          "it is not known yet which headers the upstream believes from a front proxy");
    }
    throw Refusals.forbidden(
        "identity-not-assertable",
        "this identity cannot be told to the upstream: it needs a front-proxy certificate or a"
            + " credential of the proxy, and a mode of --upstream-identity that can carry it");
  }

  /** Whether there is a way for the identity of who holds a certificate. */
  public boolean tellsCertificates() {
    return order.stream().anyMatch(mode -> mode != Mode.PASS_THROUGH && available.contains(mode));
  }

  /** Whether the proxy itself asserts the identity of token holders. */
  public boolean assertsTokens() {
    for (Mode mode : order) {
      if (available.contains(mode)) {
        return mode != Mode.PASS_THROUGH;
      }
    }
    return false;
  }
}
