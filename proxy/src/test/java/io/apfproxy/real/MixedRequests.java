package io.apfproxy.real;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Requests of every kind by every kind of user; none of them changes anything. */
final class MixedRequests {
  private static final List<String> USERS =
      List.of("admin", "alice", "node", "kcm", "scheduler", "robot", "anonymous");

  private static final String POD =
      "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\"},\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}}";
  private static final String CONFIG_MAP =
      "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"c\"}}";
  private static final String REVIEW =
      "{\"apiVersion\":\"authorization.k8s.io/v1\",\"kind\":\"SelfSubjectAccessReview\",\"spec\":{\"resourceAttributes\":{\"verb\":\"get\",\"resource\":\"pods\"}}}";
  private static final String LEASES = "/apis/coordination.k8s.io/v1/namespaces/";
  private static final Map<String, String> MERGE =
      Map.of("Content-Type", "application/merge-patch+json");

  private MixedRequests() {}

  /** One request of one user. */
  record Sent(String user, String method, String target, String body, Map<String, String> headers) {

    private CompletableFuture<HttpResponse<String>> by(Map<String, ApiClient> users) {
      return users
          .get(user)
          .send(method, target, body, headers, HttpResponse.BodyHandlers.ofString())
          .orTimeout(60, TimeUnit.SECONDS);
    }

    /** Whether it ends only when the time is up that it names. */
    private boolean watches() {
      return target.contains("timeoutSeconds=");
    }

    @Override
    public String toString() {
      return user + " " + method + " " + target + (headers.isEmpty() ? "" : " " + headers);
    }
  }

  /** The answers: each request is sent once the one before is answered, but for watches. */
  static Map<Sent, HttpResponse<String>> send(
      Collection<Sent> requests, Map<String, ApiClient> users) {
    Map<Sent, CompletableFuture<HttpResponse<String>>> sent = new LinkedHashMap<>();
    for (Sent request : requests) {
      CompletableFuture<HttpResponse<String>> answer = request.by(users);
      sent.put(request, answer);
      if (!request.watches()) {
        answer.join();
      }
    }
    Map<Sent, HttpResponse<String>> answers = new LinkedHashMap<>();
    sent.forEach((request, answer) -> answers.put(request, answer.join()));
    return answers;
  }

  static List<Sent> all() {
    List<Sent> requests = new ArrayList<>();
    for (String user : USERS) {
      reads(user, requests);
      writes(user, requests);
      leases(user, requests);
      nonResources(user, requests);
    }
    impersonations(requests);
    return requests;
  }

  private static void reads(String user, List<Sent> requests) {
    for (String target :
        List.of(
            "/api/v1/pods?limit=5",
            "/api/v1/namespaces/default/pods",
            "/api/v1/namespaces/default/pods/absent",
            "/api/v1/namespaces/default/pods?fieldSelector=metadata.name%3Dp",
            "/api/v1/namespaces/default/pods?watch=true&timeoutSeconds=1&resourceVersion=0",
            "/api/v1/watch/namespaces/default/configmaps?timeoutSeconds=1",
            "/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication",
            "/api/v1/namespaces/kube-system/endpoints/kube-controller-manager",
            "/api/v1/namespaces/kube-system/endpoints/kube-scheduler",
            "/api/v1/namespaces/default/endpoints/kubernetes",
            "/api/v1/namespaces/default/secrets/absent",
            "/api/v1/namespaces/default/events?limit=1",
            "/api/v1/namespaces/default",
            "/api/v1/namespaces?limit=1",
            "/api/v1/nodes/fake-node",
            "/api/v1/nodes?limit=1",
            "/apis/apps/v1/deployments?limit=1",
            "/apis/apps/v1/namespaces/default/deployments/absent/scale",
            "/apis/rbac.authorization.k8s.io/v1/clusterroles/view",
            "/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas/exempt",
            "/apis/apiextensions.k8s.io/v1/customresourcedefinitions?limit=1",
            "/apis/unknown.example.com/v1/things")) {
      requests.add(new Sent(user, "GET", target, "", Map.of()));
    }
  }

  private static void writes(String user, List<Sent> requests) {
    String pods = "/api/v1/namespaces/default/pods";
    requests.add(new Sent(user, "POST", pods + "?dryRun=All", POD, Map.of()));
    requests.add(new Sent(user, "PUT", pods + "/absent?dryRun=All", POD, Map.of()));
    requests.add(new Sent(user, "PATCH", pods + "/absent?dryRun=All", "{}", MERGE));
    requests.add(new Sent(user, "PATCH", pods + "/absent/status?dryRun=All", "{}", MERGE));
    requests.add(new Sent(user, "DELETE", pods + "/absent?dryRun=All", "", Map.of()));
    requests.add(
        new Sent(user, "DELETE", pods + "?dryRun=All&labelSelector=none%3Dsuch", "", Map.of()));
    requests.add(
        new Sent(
            user,
            "POST",
            "/api/v1/namespaces/kube-system/configmaps?dryRun=All",
            CONFIG_MAP,
            Map.of()));
    requests.add(new Sent(user, "PATCH", "/api/v1/nodes/fake-node/status?dryRun=All", "{}", MERGE));
    requests.add(new Sent(user, "PATCH", "/api/v1/nodes/fake-node?dryRun=All", "{}", MERGE));
    requests.add(
        new Sent(
            user,
            "POST",
            "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
            REVIEW,
            Map.of()));
    requests.add(
        new Sent(
            user,
            "PATCH",
            "/api/v1/namespaces/kube-system/endpoints/absent?dryRun=All",
            "{}",
            MERGE));
  }

  private static void leases(String user, List<Sent> requests) {
    for (String lease :
        List.of(
            "kube-system/leases/kube-controller-manager",
            "kube-system/leases/kube-scheduler",
            "kube-system/leases/other",
            "kube-node-lease/leases/fake-node",
            "default/leases/mine")) {
      requests.add(new Sent(user, "GET", LEASES + lease, "", Map.of()));
      requests.add(new Sent(user, "PATCH", LEASES + lease + "?dryRun=All", "{}", MERGE));
    }
  }

  private static void nonResources(String user, List<Sent> requests) {
    for (String target :
        List.of(
            "/",
            "/api",
            "/api/v1",
            "/apis",
            "/apis/apps/v1",
            "/version",
            "/healthz",
            "/livez",
            "/readyz",
            "/livez/ping",
            "/openapi/v3",
            "/metrics/slis",
            "/nothing/here",
            "/.well-known/openid-configuration")) {
      requests.add(new Sent(user, "GET", target, "", Map.of()));
    }
  }

  /** By those who may, as users of other schemas than their own. */
  private static void impersonations(List<Sent> requests) {
    List<Map<String, String>> wishes =
        List.of(
            Map.of("Impersonate-User", "bob"),
            Map.of("Impersonate-User", "bob", "Impersonate-Group", "system:masters"),
            Map.of("Impersonate-User", "system:node:n1", "Impersonate-Group", "system:nodes"),
            Map.of("Impersonate-User", "system:kube-scheduler"),
            Map.of("Impersonate-User", "system:anonymous"),
            Map.of("Impersonate-User", "system:serviceaccount:kube-system:job-controller"),
            Map.of("Impersonate-User", "system:serviceaccount:default:robot"));
    for (String user : List.of("admin", "alice")) {
      for (Map<String, String> wish : wishes) {
        requests.add(new Sent(user, "GET", "/api/v1/namespaces/default/pods", "", wish));
        requests.add(new Sent(user, "GET", LEASES + "kube-system/leases/kube-scheduler", "", wish));
        requests.add(new Sent(user, "GET", "/version", "", wish));
      }
    }
  }
}
