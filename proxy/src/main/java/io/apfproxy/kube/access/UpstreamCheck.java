package io.apfproxy.kube.access;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.EOFException;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the upstream once at start, so that what is missing is told before a client meets it.
 */
public final class UpstreamCheck {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final KubernetesClient client;
  private final @Nullable Impersonator impersonator;

  /**
   * @param impersonator null if {@code client}'s own credential impersonates
   */
  public UpstreamCheck(KubernetesClient client, @Nullable Impersonator impersonator) {
    this.client = client;
    this.impersonator = impersonator;
  }

  /**
   * What was found.
   *
   * @param reachable whether it answered at all; if not, it is asked again by the first request
   * @param version of the upstream; empty if it did not say
   * @param remarks one line each, for people: what is missing and the right that would mend it
   * @param tooPowerful whether the identity that impersonates may read all secrets, and so should
   *     not. Source: specification security.md, S09
   * @param refused whether it refused the proxy itself, as one does for a moment, too, that has
   *     just started
   */
  public record Findings(
      boolean reachable,
      String version,
      List<String> remarks,
      boolean tooPowerful,
      boolean refused) {
    public Findings {
      remarks = List.copyOf(remarks);
    }

    /** Of one that did not refuse the proxy. */
    public Findings(boolean reachable, String version, List<String> remarks, boolean tooPowerful) {
      this(reachable, version, remarks, tooPowerful, false);
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

  /** Looks at the upstream and at the proxy's rights there. Blocks for up to a few time-outs. */
  public Findings run() {
    Findings upstream = reach();
    if (upstream.version().isEmpty()) {
      return upstream;
    }
    List<String> remarks = new ArrayList<>();
    boolean tooPowerful = false;
    try {
      for (Right right : NEEDED) {
        if (!allowed(client, right)) {
          remarks.add(missing(right));
        }
      }
      Optional<String> problem = impersonator == null ? Optional.empty() : impersonator.obtain();
      if (problem.isPresent()) {
        return new Findings(false, "", List.of(problem.get()), false);
      }
      KubernetesClient impersonating = impersonator == null ? client : impersonator.client();
      tooPowerful = allowed(impersonating, new Right("get", "", "secrets", ""));
    } catch (KubernetesClientException e) {
      // Unknown rights are no reason to let the proxy impersonate: it is asked again.
      String remark = "the proxy's rights at the upstream could not be checked";
      return new Findings(false, "", List.of(remark + " (code " + e.getCode() + ")"), false);
    }
    return new Findings(true, upstream.version(), remarks, tooPowerful);
  }

  /** Looks whether a kube-apiserver answers at all. Blocks for up to the client's time-out. */
  public Findings reach() {
    String version;
    try {
      version = gitVersion(client.raw("/version"));
    } catch (KubernetesClientException e) {
      if (refusesTls(e)) {
        return unusable("cannot be reached by TLS (" + innermostMessage(e) + ")", false);
      }
      if (e.getCode() == 401 || e.getCode() == 403) {
        return unusable("refuses the proxy's credential (" + e.getCode() + " for /version)", true);
      }
      if (e.getCode() < 400 || e.getCode() == 429 || e.getCode() >= 500) {
        return new Findings(
            false, "", List.of("upstream " + client.getMasterUrl() + " does not answer"), false);
      }
      version = "";
    }
    return version.isEmpty()
        ? unusable("answered /version not as a kube-apiserver does: check the server URL", false)
        : new Findings(true, version, List.of(), false);
  }

  private Findings unusable(String why, boolean refused) {
    return new Findings(
        true, "", List.of("upstream " + client.getMasterUrl() + " " + why), false, refused);
  }

  /** Not a connection that was cut in the middle of a handshake: that may mend itself. */
  private static boolean refusesTls(Throwable failure) {
    boolean tls = false;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof EOFException || cause instanceof SocketException) {
        return false;
      }
      tls |= cause instanceof SSLException;
    }
    return tls;
  }

  private static String innermostMessage(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
  }

  private static String gitVersion(@Nullable String answer) {
    try {
      return answer == null ? "" : JSON.readTree(answer).path("gitVersion").asText("");
    } catch (JsonProcessingException e) {
      return "";
    }
  }

  private static boolean allowed(KubernetesClient client, Right right) {
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
