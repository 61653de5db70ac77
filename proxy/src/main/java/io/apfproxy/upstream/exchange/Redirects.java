package io.apfproxy.upstream.exchange;

import io.apfproxy.request.RefusedException;
import io.apfproxy.upstream.wire.Outgoing;
import io.vertx.core.MultiMap;
import java.net.URI;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Lets an upstream redirect a client within the server it asked, not elsewhere: it would take its
 * credentials along. Source: specification security.md S47, CVE-2022-3172.
 */
public final class Redirects {
  /*
   * kube-apiserver refuses every redirect of an aggregated server, unless a flag says otherwise, and
   * passes those of pods, services and nodes behind the subresource proxy. Those of its own stay on
   * the same server. From here the one cannot be told from the other, but whereto can.
   *
   * Clients differ in what they forgive: for some "/\host", "///host" and "https:host" lead to
   * another host, and tabs vanish. So whatever is not plainly a reference to this server is refused.
   */
  private static final Pattern REFERENCE =
      Pattern.compile("(?!:)(?:([^:/?#]+):)?(?://([^/?#]*))?[!-\\[\\]-~]*");

  private static final Pattern PORT = Pattern.compile(":[0-9]+$");
  private static final String CLIENT_SCHEME = "https";

  private Redirects() {}

  /**
   * Looks at the head of a response.
   *
   * @param server the upstream's own URL
   * @throws RefusedException 502 if it sends the client to another host, port or scheme
   */
  public static void check(int code, MultiMap headers, Outgoing request, URI server)
      throws RefusedException {
    if (code < 300 || code > 399 || request.redirectsAnywhere()) {
      return;
    }
    for (String location : headers.getAll("location")) {
      if (!staysHere(location, request.clientAuthority(), server)) {
        throw UpstreamFault.redirect();
      }
    }
  }

  private static boolean staysHere(String location, @Nullable String asked, URI server) {
    Matcher reference = REFERENCE.matcher(location);
    if (!reference.matches()) {
      return false;
    }
    String scheme = reference.group(1);
    String authority = reference.group(2);
    if (authority == null) {
      return scheme == null;
    }
    String target = origin(scheme == null ? CLIENT_SCHEME : scheme, authority);
    return (asked != null && target.equals(origin(CLIENT_SCHEME, asked)))
        || target.equals(origin(server.getScheme(), server.getRawAuthority()));
  }

  private static String origin(String scheme, String authority) {
    String port =
        PORT.matcher(authority).find() ? "" : scheme.equalsIgnoreCase("http") ? ":80" : ":443";
    return (scheme + "://" + authority + port).toLowerCase(Locale.ROOT);
  }
}
