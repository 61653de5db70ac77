package io.apfproxy.kube.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.time.TimeSource;
import io.apfproxy.work.ObjectReading;
import io.apfproxy.work.ObjectStatistics;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import org.junit.jupiter.api.Test;

@EnableKubernetesMockClient
class ObjectCountsIT {
  @SuppressWarnings("NullAway.Init") // set by the extension
  KubernetesMockServer server;

  @SuppressWarnings("NullAway.Init") // set by the extension
  KubernetesClient client;

  private final ObjectStatistics statistics = ObjectStatistics.polled(TimeSource.system());

  private void answer(int code, String page) {
    server.expect().get().withPath("/metrics").andReturn(code, page).once();
  }

  private ObjectReading of(String resource) {
    return statistics.read(resource);
  }

  private static ObjectReading fresh(long count, long averageSize) {
    return new ObjectReading(ObjectReading.State.FRESH, count, averageSize);
  }

  @Test
  void takesCountAndAverageSizeFromTheServersMetrics() {
    answer(
        200,
        """
        # TYPE apiserver_resource_objects gauge
        apiserver_resource_objects{group="",resource="configmaps"} 5000
        apiserver_resource_objects{group="apps",resource="deployments"} 3
        apiserver_resource_objects{group="",resource="pods"} 1.2e+06
        apiserver_resource_objects{group="",resource="events"} 7
        apiserver_resource_objects{group="",resource="secrets"} -1
        apiserver_storage_objects{resource="widgets.example.com"} 4
        apiserver_resource_size_estimate_bytes{group="",resource="configmaps"} 1.5e+07
        apiserver_resource_size_estimate_bytes{group="apps",resource="deployments"} 10000
        apiserver_resource_size_estimate_bytes{group="",resource="pods"} 6e+09
        apiserver_resource_size_estimate_bytes{group="",resource="events"} -1
        apiserver_current_inflight_requests{request_kind="mutating"} 9
        """);

    new ObjectCounts(client, statistics).poll();

    assertThat(of("configmaps")).isEqualTo(fresh(5000, 3000));
    assertThat(of("deployments.apps")).isEqualTo(fresh(3, 3333));
    assertThat(of("pods")).isEqualTo(fresh(1_200_000, 5000));
    assertThat(of("events")).as("of unknown size").isEqualTo(fresh(7, 0));
    assertThat(of("widgets.example.com")).isEqualTo(fresh(4, 0));
    assertThat(of("secrets")).isEqualTo(ObjectReading.NOT_TRACKED);
  }

  @Test
  void keepsWhatItKnowsWhenThePageIsRefused() {
    answer(200, "apiserver_resource_objects{group=\"\",resource=\"nodes\"} 2\n");
    answer(403, "{}");
    ObjectCounts counts = new ObjectCounts(client, statistics);

    counts.poll();
    counts.poll();

    assertThat(of("nodes")).isEqualTo(fresh(2, 0));
  }
}
