package io.apfproxy.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Image, chart, manifests and README start the JVM with the flags of one file. */
class JvmFlagsTest {
  private static final Path README = Path.of("..", "README.md");
  private static final Path POM = Path.of("pom.xml");

  /** A command of a shell that serves: the first word after the jar is a flag. */
  private static final Pattern SERVES =
      Pattern.compile("^java\\b.* -jar \\S*apf-proxy\\.jar --kubeconfig\\b");

  private static final Pattern FLAG_OF_THE_JVM =
      Pattern.compile("-(XX:[+-]?[A-Za-z0-9]+|Xm[sx]|Xss)");

  @Test
  void imageHasNoOthers() throws IOException {
    String pom = Files.readString(POM);
    String entryPoint =
        pom.substring(pom.indexOf("<entrypoint>"), pom.indexOf("</entrypoint>")).strip();

    assertThat(flags(entryPoint)).containsExactly("-XX:Flags");
    assertThat(entryPoint).contains("<arg>-XX:Flags=jvm.flags</arg>");
  }

  @Test
  void chartAndManifestsLeaveThemToTheImage() {
    for (List<JsonNode> objects :
        List.of(
            Manifests.objects(),
            Chart.objects("{tls: {existingSecret: t}, crds: {install: no}}"))) {
      JsonNode pod =
          Yaml.named(objects, "Deployment apf-proxy").at("/spec/template/spec/containers/0");

      assertThat(pod.path("args")).isNotEmpty();
      assertThat(pod.toString()).doesNotContain("JAVA_TOOL_OPTIONS").doesNotContain("-XX:");
    }
  }

  @Test
  void readmeStartsTheJarWithThem() throws IOException {
    List<String> starts =
        Files.readAllLines(README).stream().filter(line -> SERVES.matcher(line).find()).toList();

    assertThat(starts).isNotEmpty();
    assertThat(starts)
        .allSatisfy(
            start -> {
              assertThat(start).contains("-XX:Flags=").contains("/jvm.flags ");
              assertThat(flags(start))
                  .doesNotContainAnyElementsOf(
                      JvmFlags.all().stream().map(JvmFlagsTest::onTheCommandLine).toList());
            });
  }

  private static List<String> flags(String text) {
    return FLAG_OF_THE_JVM.matcher(text).results().map(found -> found.group()).toList();
  }

  private static String onTheCommandLine(String flag) {
    return "-XX:" + Stream.of(flag.split("=", -1)).findFirst().orElseThrow();
  }
}
