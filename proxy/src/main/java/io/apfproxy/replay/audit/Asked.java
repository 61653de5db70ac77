package io.apfproxy.replay.audit;

import io.apfproxy.request.LongRunning;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.RequestInfo;
import io.apfproxy.request.RequestInfoParser;
import io.apfproxy.request.RequestTarget;
import java.util.Locale;

/**
 * What an event's verb and URI mean. Source: specification seeing.md V-46.
 *
 * @param info as kube-apiserver understood it: the event's verb counts
 * @param query raw
 * @param verbDiffers whether the URI would say another verb
 */
record Asked(RequestInfo info, String query, boolean verbDiffers) {
  /** Verb and URI as one text, by which they are known. */
  static String text(String verb, String uri) {
    return verb + ' ' + uri;
  }

  /**
   * @param text from {@link #text}
   */
  static Asked of(String text) throws RefusedException {
    int space = text.indexOf(' ');
    String verb = text.substring(0, space);
    RequestTarget target = RequestTarget.parse(text.substring(space + 1));
    RequestInfo info = RequestInfoParser.parse(method(verb), target);
    // no verb: of OPTIONS and the like, which a recording of ours names there
    boolean same = info.verb().equals(verb) || info.verb().isEmpty();
    return new Asked(same ? info : withVerb(info, verb), target.query(), !same);
  }

  private static String method(String verb) {
    return switch (verb) {
      case "get", "list", "watch", "proxy" -> "GET";
      case "create", "connect" -> "POST";
      case "update" -> "PUT";
      case "patch" -> "PATCH";
      case "delete", "deletecollection" -> "DELETE";
      default -> verb.toUpperCase(Locale.ROOT);
    };
  }

  private static RequestInfo withVerb(RequestInfo info, String verb) {
    return new RequestInfo(
        info.resourceRequest(),
        info.path(),
        verb,
        info.apiPrefix(),
        info.apiGroup(),
        info.apiVersion(),
        info.namespace(),
        info.resource(),
        info.subresource(),
        info.name(),
        info.fieldSelector(),
        info.labelSelector());
  }

  boolean bypasses() {
    return LongRunning.bypasses(info);
  }

  /** Under which requests are alike enough to take about as long: verb, resource, scope. */
  String kind() {
    if (!info.resourceRequest()) {
      return info.verb();
    }
    String scope = info.name().isEmpty() ? info.namespace().isEmpty() ? "all" : "many" : "one";
    return info.verb()
        + ' '
        + info.resource()
        + '.'
        + info.apiGroup()
        + '/'
        + info.subresource()
        + ' '
        + scope;
  }
}
