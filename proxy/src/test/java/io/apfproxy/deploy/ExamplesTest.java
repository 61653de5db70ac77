package io.apfproxy.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whoever looks for an example finds it, and says of each what it is for. */
class ExamplesTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern LINK = Pattern.compile("\\]\\(\\.\\./deploy/examples/([^)]+)\\)");

  /** L-34. */
  @Test
  void eachIsNamedInThePageForUsersAndHoldsTheReasonAtItsBeginning() throws Exception {
    String page = Files.readString(ROOT.resolve("docs").resolve("limits.md"));
    List<String> linked = LINK.matcher(page).results().map(link -> link.group(1)).toList();

    try (Stream<Path> files = Files.list(Manifests.FOLDER.resolve("examples"))) {
      List<Path> all = files.toList();
      assertThat(all.stream().map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(linked);
      for (Path file : all) {
        assertThat(Files.readString(file)).startsWith("# ");
      }
    }
    assertThat(Files.readString(ROOT.resolve("README.md"))).contains("](docs/limits.md)");
  }
}
