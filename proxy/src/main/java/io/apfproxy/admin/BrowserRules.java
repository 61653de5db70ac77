package io.apfproxy.admin;

import io.apfproxy.request.RefusedException;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.HostAndPort;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What browsers are told, and what other sites must not make them do. Source: specification
 * security.md S78; seeing.md V-66, V-67.
 */
final class BrowserRules {
  private static final String POLICY =
      String.join(
          "; ",
          "default-src 'none'",
          "script-src 'self'",
          "style-src 'self'",
          "img-src 'self'",
          "connect-src 'self'",
          "base-uri 'none'",
          "form-action 'none'",
          "frame-ancestors 'none'",
          "require-trusted-types-for 'script'",
          "trusted-types 'none'");

  /** Where a request that this site's own page makes comes from, or one typed by a person. */
  private static final Set<String> OWN_SITES = Set.of("same-origin", "none");

  private BrowserRules() {}

  /**
   * Refuses what another site's page asks for.
   *
   * @throws RefusedException 403
   */
  static void check(HttpServerRequest request) throws RefusedException {
    String site = request.getHeader("Sec-Fetch-Site");
    String origin = request.getHeader("Origin");
    boolean own = site == null || OWN_SITES.contains(site);
    if (!own || (origin != null && !isOwn(origin, request))) {
      throw new RefusedException(
          403, "Forbidden", "admin-other-site", "Forbidden: another site asks for this page");
    }
  }

  private static boolean isOwn(String origin, HttpServerRequest request) {
    String authority = authority(request.authority());
    String scheme = request.isSSL() ? "https://" : "http://";
    return authority != null && origin.toLowerCase(Locale.ROOT).equals(scheme + authority);
  }

  private static @Nullable String authority(@Nullable HostAndPort authority) {
    return authority == null ? null : authority.toString().toLowerCase(Locale.ROOT);
  }

  /** Puts the headers of the dashboard and of what it reads. */
  static void headers(HttpServerRequest request) {
    String path = request.path();
    if (path == null || !(path.startsWith("/ui") || path.startsWith("/debug/apf-proxy/"))) {
      return;
    }
    HttpServerResponse response = request.response();
    response
        .putHeader("Content-Security-Policy", POLICY)
        .putHeader("X-Content-Type-Options", "nosniff")
        .putHeader("Referrer-Policy", "no-referrer")
        .putHeader("Cross-Origin-Opener-Policy", "same-origin")
        .putHeader("Cross-Origin-Resource-Policy", "same-origin");
  }
}
