package io.apfproxy.request;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The target of a request line, or the {@code :path} of an HTTP/2 request. Immutable.
 *
 * <p>It is read once, here; what goes upstream are the same bytes. Source: specification
 * security.md 4, P1 to P6.
 */
public final class RequestTarget {
  /*
   * Go's net/http accepts more than it should be sent through a proxy: raw '#' and non-ASCII (which
   * an HTTP client library encodes anew, so that two parties read two paths) and '*'. Hence two
   * steps: readAsUpstream is exactly what kube-apiserver would make of a target and is held to its
   * recordings; parse refuses, before that, whatever could be read in two ways.
   */
  private static final int MAX_QUERY_PAIRS = 8192;

  /** Scheme and authority of an absolute-form about whose end nobody can be mistaken. */
  private static final Pattern PLAIN_AUTHORITY =
      Pattern.compile(
          "(?i)https?://([a-z0-9._~:-]*@)?([a-z0-9._~-]+|\\[[0-9a-f:.]+])(:[0-9]*)?(?=[/?]|$)");

  private final String forwarded;
  private final String path;
  private final String query;

  private RequestTarget(String forwarded, String path, String query) {
    this.forwarded = forwarded;
    this.path = path;
    this.query = query;
  }

  /**
   * Reads a target in origin-form, or in absolute-form with scheme http or https, whose host is
   * ignored.
   *
   * @throws RefusedException 400 for every other form, for bytes outside 0x21 to 0x7E, a raw {@code
   *     #}, a bad percent escape in the path, a percent sign or a delimiter in the host, or more
   *     than 8192 query parameters
   */
  public static RequestTarget parse(String raw) throws RefusedException {
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c <= 0x20 || c >= 0x7F || c == '#') {
        throw bad("request-target has an illegal byte; encode it with a percent sign");
      }
    }
    if (raw.equals("*")) {
      throw bad("request-target is *, expected a path that begins with /");
    }
    RequestTarget target = readAsUpstream(raw);
    if (!raw.startsWith("/") && !PLAIN_AUTHORITY.matcher(raw).lookingAt()) {
      throw bad("request-target has a malformed host");
    }
    int pairs = 1;
    for (int i = target.query.indexOf('&'); i >= 0; i = target.query.indexOf('&', i + 1)) {
      pairs++;
    }
    if (pairs > MAX_QUERY_PAIRS) {
      throw RefusedException.badRequest(
          "query-pairs", "request-target has more than " + MAX_QUERY_PAIRS + " query parameters");
    }
    return target;
  }

  /**
   * Reads the {@code :path} of an HTTP/2 request, as {@link #parse} does, but in origin-form only.
   *
   * @throws RefusedException 400 also for an absolute-form, as from kube-apiserver
   */
  public static RequestTarget parsePath(String raw) throws RefusedException {
    if (!raw.startsWith("/")) {
      throw bad(":path does not begin with /");
    }
    return parse(raw);
  }

  /** Reads a target as kube-apiserver does, ambiguous ones included. */
  static RequestTarget readAsUpstream(String raw) throws RefusedException {
    String forwarded = raw;
    if (!raw.startsWith("/") && !raw.equals("*")) {
      forwarded = cutToPath(raw);
      if (forwarded == null) {
        throw bad("request-target is neither a path that begins with / nor an http(s) URL");
      }
    }
    int mark = forwarded.indexOf('?');
    String rawPath = mark < 0 ? forwarded : forwarded.substring(0, mark);
    String path = PercentDecoding.decode(rawPath, false);
    if (path == null) {
      throw bad("request-target has a bad percent escape in its path");
    }
    return new RequestTarget(forwarded, path, mark < 0 ? "" : forwarded.substring(mark + 1));
  }

  /** Path and query of an absolute-form target, or null if it is none. */
  private static @Nullable String cutToPath(String raw) {
    int host;
    if (raw.regionMatches(true, 0, "http://", 0, 7)) {
      host = 7;
    } else if (raw.regionMatches(true, 0, "https://", 0, 8)) {
      host = 8;
    } else {
      return null;
    }
    int end = host;
    while (end < raw.length() && raw.charAt(end) != '/' && raw.charAt(end) != '?') {
      end++;
    }
    if (end == host) {
      return null;
    }
    String rest = raw.substring(end);
    return rest.startsWith("/") ? rest : "/" + rest;
  }

  private static RefusedException bad(String message) {
    return RefusedException.badRequest("request-target", message);
  }

  /** The bytes to send upstream: the target as received, without scheme and host. */
  public String forwarded() {
    return forwarded;
  }

  /**
   * Path, percent-decoded once, else untouched; bytes that are no UTF-8 as in {@link Utf8Bytes}.
   */
  public String path() {
    return path;
  }

  /** Raw query without {@code ?}; empty if there is none. */
  public String query() {
    return query;
  }
}
