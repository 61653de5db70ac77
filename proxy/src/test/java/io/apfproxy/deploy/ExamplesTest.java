package io.apfproxy.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.apfproxy.config.PriorityLevelConfiguration;
import io.apfproxy.config.PriorityLevelConfiguration.Burst;
import io.apfproxy.config.SourceObject;
import io.apfproxy.source.ObjectDecoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whoever looks for an example finds it, and says of each what it is for. */
class ExamplesTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path EXAMPLES = Manifests.FOLDER.resolve("examples");
  private static final Pattern LINK = Pattern.compile("\\]\\(\\.\\./deploy/examples/([^)]+)\\)");

  private static final Pattern BLOCK = Pattern.compile("(?sm)^```yaml\n(.*?)^```$");

  /** L-34. */
  @Test
  void eachIsNamedInThePageForUsersAndHoldsTheReasonAtItsBeginning() throws Exception {
    String page = Files.readString(ROOT.resolve("docs").resolve("limits.md"));
    List<String> linked = LINK.matcher(page).results().map(link -> link.group(1)).toList();

    try (Stream<Path> files = Files.list(EXAMPLES)) {
      List<Path> all = files.toList();
      assertThat(all.stream().map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(linked);
      assertThat(all)
          .as("others than those which RateLimitKindRealIT applies")
          .filteredOn(file -> !file.getFileName().toString().startsWith("ratelimit-"))
          .containsExactly(EXAMPLES.resolve("level-with-burst.yaml"));
      for (Path file : all) {
        assertThat(Files.readString(file)).startsWith("# ");
      }
    }
    assertThat(Files.readString(ROOT.resolve("README.md"))).contains("](docs/limits.md)");
  }

  /**
   * L-60: README's level that bursts is the example's. What such a burst of 20 seats for 10 s comes
   * to, {@code BurstScenarioTest} shows, {@code ExampleBurstTest} the example's in virtual time,
   * and {@code BurstRealIT} before a real server.
   */
  @Test
  void theLevelThatBurstsIsOneThatKubectlMayApply() throws Exception {
    List<String> blocks =
        BLOCK
            .matcher(Files.readString(ROOT.resolve("README.md")))
            .results()
            .map(block -> block.group(1))
            .filter(block -> block.contains("burst:"))
            .toList();
    assertThat(blocks).hasSize(1);

    JsonNode block = Yaml.documents(blocks.get(0)).get(0);
    SourceObject level = ObjectDecoder.written(block, "README.md").object().orElseThrow();

    assertThat(level.errors()).isEmpty();
    assertThat(level.content())
        .isInstanceOfSatisfying(
            PriorityLevelConfiguration.class,
            written -> assertThat(written.burst()).isEqualTo(new Burst(20, 10)));
    assertThat(Yaml.documents(Files.readString(EXAMPLES.resolve("level-with-burst.yaml"))))
        .as("the example")
        .hasSize(2)
        .contains(block);
  }
}
