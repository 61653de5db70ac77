package io.apfproxy.authn.act;

import io.apfproxy.authn.act.AccessReviewer.Path;
import io.apfproxy.authn.act.AccessReviewer.Question;
import io.apfproxy.authn.act.AccessReviewer.Resource;

/** Says that something is not allowed, in kube-apiserver's words. */
final class AccessDenial {
  private AccessDenial() {}

  static String of(Question question) {
    return question.target() instanceof Resource resource
        ? ofResource(question, resource)
        : "forbidden: " + who(question) + " path " + quoted(((Path) question.target()).path());
  }

  private static String ofResource(Question question, Resource resource) {
    String qualified =
        resource.group().isEmpty()
            ? resource.resource()
            : resource.resource() + "." + resource.group();
    String name = resource.name().isEmpty() ? "" : " \"" + resource.name() + "\"";
    String within =
        resource.subresource().isEmpty()
            ? resource.resource()
            : resource.resource() + "/" + resource.subresource();
    String scope =
        resource.namespace().isEmpty()
            ? "at the cluster scope"
            : "in the namespace " + quoted(resource.namespace());
    return qualified
        + name
        + " is forbidden: "
        + who(question)
        + " resource "
        + quoted(within)
        + " in API group "
        + quoted(resource.group())
        + " "
        + scope;
  }

  private static String who(Question question) {
    return "User " + quoted(question.user().name()) + " cannot " + harmless(question.verb());
  }

  private static String quoted(String text) {
    return '"' + harmless(text.replace("\\", "\\\\").replace("\"", "\\\"")) + '"';
  }

  /** Nobody shall take it for HTML. */
  private static String harmless(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
