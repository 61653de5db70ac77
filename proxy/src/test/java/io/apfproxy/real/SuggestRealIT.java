package io.apfproxy.real;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.apfproxy.fixtures.realcluster.CommandResult;
import io.apfproxy.fixtures.realcluster.ControlPlane;
import io.apfproxy.fixtures.realcluster.Kubectl;
import io.apfproxy.fixtures.realcluster.RealControlPlane;
import io.apfproxy.replay.suggest.CrowdedLog;
import io.apfproxy.replay.suggest.HostileNames;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code suggest} prints, a real kube-apiserver takes, and understands as it was meant. */
@RealControlPlane
@Tag("V-59")
final class SuggestRealIT {
  private static final String ACCOUNT = "system:serviceaccount:etl:lister";

  static List<String> names() {
    return Stream.concat(Stream.of(ACCOUNT, "bulk"), HostileNames.ALL.stream()).toList();
  }

  @ParameterizedTest(name = "{index}")
  @MethodSource("names")
  void isTakenByTheServer(String name, @TempDir Path folder, ControlPlane cluster)
      throws Exception {
    String manifests = new CrowdedLog(folder).mice().elephant(name).suggest().text();
    Kubectl admin = cluster.kubectl("admin");
    CommandResult applied =
        admin.runWithInput(manifests, "apply", "--dry-run=server", "-o", "json", "-f", "-");

    assertThat(applied.exitCode()).as("%s%n%s", manifests, applied).isZero();
    JsonNode items = new ObjectMapper().readTree(applied.stdout()).path("items");
    assertThat(items).as(applied.stdout()).hasSize(2);
    JsonNode level = items.get(0);
    JsonNode schema = items.get(1);
    assertThat(level.path("kind").asText()).isEqualTo("PriorityLevelConfiguration");
    assertThat(schema.at("/spec/priorityLevelConfiguration/name"))
        .isEqualTo(level.at("/metadata/name"));
    JsonNode subject = schema.at("/spec/rules/0/subjects/0");
    if (name.equals(ACCOUNT)) {
      assertThat(subject.at("/serviceAccount/namespace").asText()).isEqualTo("etl");
      assertThat(subject.at("/serviceAccount/name").asText()).isEqualTo("lister");
    } else {
      assertThat(subject.at("/user/name").asText()).isEqualTo(name);
    }
  }
}
