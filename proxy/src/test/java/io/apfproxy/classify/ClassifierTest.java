package io.apfproxy.classify;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.RequestInfo;
import io.apfproxy.request.RequestInfoParser;
import io.apfproxy.request.RequestTarget;
import io.apfproxy.request.UserInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tables A.1 and A.3 of specification apf-config.md. */
class ClassifierTest {
  private final Classifier classifier = new Classifier(FlowControlConfiguration.builtIn());

  @ParameterizedTest
  @CsvSource({
    "GET, /api/v1/pods, admin, system:masters, exempt, exempt",
    "GET, /livez/etcd, system:anonymous, system:unauthenticated, probes, exempt",
    "HEAD, /livez, system:anonymous, system:unauthenticated, global-default, global-default",
    "PUT, /apis/coordination.k8s.io/v1/namespaces/kube-system/leases/l, system:kube-scheduler, system:authenticated, system-leader-election, leader-election",
    "PATCH, /apis/coordination.k8s.io/v1/namespaces/kube-system/leases/l, system:kube-scheduler, system:authenticated, kube-scheduler, workload-high",
    "GET, /apis/coordination.k8s.io/v1/leases, system:kube-controller-manager, system:authenticated, kube-controller-manager, workload-high",
    "PUT, /api/v1/nodes/n1/status, system:node:n1, system:nodes, system-node-high, node-high",
    "GET, /apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/n1, system:node:n1, system:nodes, system-node-high, node-high",
    "PUT, /apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/n1, system:node:n1, system:nodes, system-node-high, node-high",
    "GET, /api/v1/nodes/n1/proxy, system:node:n1, system:nodes, system-nodes, system",
    "GET, /api/v1/pods, system:serviceaccount:kube-system:foo, system:serviceaccounts, kube-system-service-accounts, workload-high",
    "GET, /api/v1/pods, system:serviceaccount:default:foo, system:serviceaccounts, service-accounts, workload-low",
    "GET, /api/v1/pods, alice, system:authenticated, global-default, global-default",
    "GET, /api/v1/pods, alice, other, catch-all, catch-all",
  })
  void classifiesWithTheBuiltInObjects(
      String method, String target, String user, String group, String schema, String level)
      throws Exception {
    FlowMatch match = classifier.classify(info(method, target), UserInfo.of(user, group));

    assertThat(match.schema().name()).isEqualTo(schema);
    assertThat(match.level().name()).isEqualTo(level);
  }

  @ParameterizedTest
  @CsvSource({
    "global-default, alice, 17644606172554983095",
    "catch-all, system:anonymous, 10492374483539041965",
    "kube-controller-manager, kube-system, 1951360281921618776",
    "kube-controller-manager, '', 14257900033262264633",
    "service-accounts, system:serviceaccount:default:builder, 6620097910960460477",
    "flow, \u00e9, 6229209836402952154",
    "a, b, 15254180239957406297",
  })
  void hashesFlowsAsTheReference(String schema, String distinguisher, String hash) {
    assertThat(Long.toUnsignedString(FlowHash.of(schema, distinguisher))).isEqualTo(hash);
  }

  @Test
  void distinguishesFlowsByTheSchemasMethod() throws Exception {
    FlowMatch byUser =
        classifier.classify(
            info("GET", "/api/v1/pods"), UserInfo.of("alice", "system:authenticated"));
    FlowMatch byNamespace =
        classifier.classify(
            info("GET", "/api/v1/namespaces/ns1/pods"), UserInfo.of("system:kube-scheduler"));

    assertThat(byUser.flowDistinguisher()).isEqualTo("alice");
    assertThat(byUser.flowHash()).isEqualTo(FlowHash.of("global-default", "alice"));
    assertThat(byNamespace.flowDistinguisher()).isEqualTo("ns1");
    assertThat(byNamespace.flowHash()).isEqualTo(FlowHash.of("kube-scheduler", "ns1"));
  }

  @Test
  void reportsNoFlowWhereNothingQueues() throws Exception {
    FlowMatch rejecting = classifier.classify(info("GET", "/api/v1/pods"), UserInfo.of("alice"));

    assertThat(rejecting.level().name()).isEqualTo("catch-all");
    assertThat(rejecting.flowDistinguisher()).isEmpty();
    assertThat(rejecting.flowHash()).isZero();
  }

  @Test
  void keepsSchemaPositionsOfTheMatchingOrder() throws Exception {
    FlowControlConfiguration configuration = FlowControlConfiguration.builtIn();

    FlowMatch match =
        new Classifier(configuration)
            .classify(info("GET", "/healthz"), UserInfo.of("a", UserInfo.AUTHENTICATED));

    assertThat(configuration.schemas().get(match.schemaIndex())).isSameAs(match.schema());
    assertThat(match.schema().name()).isEqualTo("probes");
  }

  private static RequestInfo info(String method, String target) throws RefusedException {
    return RequestInfoParser.parse(method, RequestTarget.parse(target));
  }
}
