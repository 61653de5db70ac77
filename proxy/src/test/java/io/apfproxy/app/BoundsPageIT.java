package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.fixtures.apiserver.EmbeddedApiServer;
import io.apfproxy.fixtures.realcluster.FreePort;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The page of limits names each rule that the metrics have, and no other; those of listeners apart
 * have a prefix.
 */
class BoundsPageIT {
  private static final Path PAGE = Path.of("..", "README.md");
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\|.*\\| (`[a-z-]+`(?:, `[a-z-]+`)*) \\|$");
  private static final Pattern SAMPLE =
      Pattern.compile("(?m)^apf_proxy_bound_limit\\{rule=\"([a-z-]+)\"");

  @TempDir Path directory;

  @Test
  void showsEveryRuleOfTheTableOfLimits() throws Exception {
    String page = Files.readString(PAGE);
    int start = page.indexOf("\n## Limits\n");
    Set<String> written =
        ROW.matcher(page.substring(start, page.indexOf("\n## ", start + 1)))
            .results()
            .map(row -> row.group(1))
            .flatMap(rules -> Pattern.compile("[a-z-]+").matcher(rules).results())
            .map(MatchResult::group)
            .filter(rule -> !rule.equals("rule")) // the head of the table
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(shown()).isEqualTo(written);
  }

  private Set<String> shown() throws Exception {
    Path folder = Files.createDirectory(directory.resolve("upstream"));
    try (EmbeddedApiServer upstream = EmbeddedApiServer.builder(folder).start();
        ProxyApp proxy =
            ProxyApp.start(
                LocalProxy.options(
                    upstream.adminKubeconfig(),
                    directory,
                    "--break-glass-port=" + FreePort.find(),
                    "--break-glass-client-ca-file=" + upstream.caFile(),
                    "--break-glass-groups=admins"))) {
      return SAMPLE
          .matcher(LocalProxy.admin(proxy, "/metrics").body())
          .results()
          .map(sample -> sample.group(1).replaceFirst("^(?:admin|break-glass)-(?!waiting$)", ""))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }
}
