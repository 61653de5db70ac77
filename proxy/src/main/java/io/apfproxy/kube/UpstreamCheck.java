package io.apfproxy.kube;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.apfproxy.nullness.Nullable;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks at the upstream once at start, so that what is missing is told before a client meets it.
 */
public final class UpstreamCheck {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final KubernetesClient client;

  public UpstreamCheck(KubernetesClient client) {
    this.client = client;
  }

  /**
   * What was found.
   *
   * @param reachable whether it answered at all; if not, it is asked again by the first request
   * @param version of the upstream; empty if it did not say
   * @param remarks one line each, for people: what is missing and the right that would mend it
   * @param tooPowerful whether the proxy's identity may read all secrets, and so should not
   *     impersonate. Source: specification security.md, S09
   */
  public record Findings(
      boolean reachable, String version, List<String> remarks, boolean tooPowerful) {
    public Findings {
      remarks = List.copyOf(remarks);
    }
  }

  /** A right the proxy may need. */
  private record Right(String verb, String group, String resource, String purpose) {}

  private static final List<Right> NEEDED =
      List.of(
          new Right(
              "create",
              "authentication.k8s.io",
              "tokenreviews",
              "requests with a bearer token are answered 503"),
          new Right(
              "create",
              "authorization.k8s.io",
              "subjectaccessreviews",
              "impersonating clients (kubectl --as) are classified as who they really are"));

  /** Blocks for up to a few time-outs of the client. Never fails. */
  public Findings run() {
    List<String> remarks = new ArrayList<>();
    String version;
    try {
      version = gitVersion(client.raw("/version"));
    } catch (KubernetesClientException e) {
      if (e.getCode() == 0) {
        remarks.add(
            "upstream "
                + client.getMasterUrl()
                + " does not answer; it is tried again per request");
        return new Findings(false, "", remarks, false);
      }
      version = "";
    }
    if (version.isEmpty()) {
      remarks.add(
          "upstream "
              + client.getMasterUrl()
              + " answered /version not as a kube-apiserver does: check the server URL");
      return new Findings(true, "", remarks, false);
    }
    boolean tooPowerful = false;
    try {
      for (Right right : NEEDED) {
        if (!allowed(right)) {
          remarks.add(missing(right));
        }
      }
      tooPowerful = allowed(new Right("get", "", "secrets", ""));
    } catch (KubernetesClientException e) {
      remarks.add(
          "the proxy's rights at the upstream could not be checked (code " + e.getCode() + ")");
    }
    return new Findings(true, version, remarks, tooPowerful);
  }

  private static String gitVersion(@Nullable String answer) {
    try {
      return answer == null ? "" : JSON.readTree(answer).path("gitVersion").asText("");
    } catch (JsonProcessingException e) {
      return "";
    }
  }

  private boolean allowed(Right right) {
    SelfSubjectAccessReview review =
        new SelfSubjectAccessReviewBuilder()
            .withNewSpec()
            .withNewResourceAttributes()
            .withVerb(right.verb())
            .withGroup(right.group())
            .withResource(right.resource())
            .endResourceAttributes()
            .endSpec()
            .build();
    SelfSubjectAccessReview answer = client.resource(review).create();
    return answer != null
        && answer.getStatus() != null
        && Boolean.TRUE.equals(answer.getStatus().getAllowed());
  }

  private static String missing(Right right) {
    return "the proxy's identity may not \""
        + right.verb()
        + "\" "
        + right.resource()
        + "."
        + right.group()
        + ": "
        + right.purpose()
        + "; bind it to ClusterRole system:auth-delegator";
  }
}
