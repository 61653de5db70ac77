package io.apfproxy.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.child.ChildProxy;
import io.apfproxy.fixtures.browser.Chromium;
import io.apfproxy.fixtures.browser.Page;
import io.apfproxy.fixtures.realcluster.CommandResult;
import io.apfproxy.fixtures.realcluster.RunningCommand;
import io.apfproxy.replay.suggest.CrowdedLog;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code replay} as people start it: its exit codes, and its page in a browser. */
class ReplayCommandIT {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final String NAME = "<img src=x onerror=window.harmed=1>";

  /** Tables of levels that are wider than the page. */
  private static final String CUT_OFF =
      "[...document.querySelectorAll('table')].filter(table => table.caption.innerText"
          + ".startsWith('levels') && table.scrollWidth > table.clientWidth).length";

  /** The row of the level that has none of what the last three columns say. */
  private static final String EXEMPT =
      "[...document.querySelectorAll('td')].find(cell => cell.innerText === 'exempt')"
          + ".parentNode.innerText.replace(/\\s+/g, ' ')";

  @TempDir private Path folder;

  private CommandResult replay(String... arguments) throws Exception {
    List<String> command = ChildProxy.java("-jar", ChildProxy.jar(), "replay");
    command.addAll(List.of(arguments));
    return RunningCommand.start(new ProcessBuilder(command)).await(LIMIT);
  }

  @Test
  @Tag("V-53")
  void isAGateForAPipeline() throws Exception {
    String log = new CrowdedLog(folder).mice().elephant("bulk").write();
    assertThat(replay(log, "--max-refused=100%").exitCode()).isZero();
    CommandResult beyond = replay(log, "--seats=60", "--max-refused=0%");
    assertThat(beyond.exitCode()).isEqualTo(1);
    assertThat(beyond.stdout()).contains("\n--max-refused: global-default refuses ");
    CommandResult noLog =
        replay(Files.writeString(folder.resolve("no.log"), "nonsense\n").toString());
    assertThat(noLog.exitCode()).isEqualTo(1);
    assertThat(noLog.stderr()).contains("LOG: found 1 of 1 lines that are no events");
    assertThat(replay(log, "--seats=none").exitCode()).isEqualTo(2);
  }

  @Test
  @Tag("V-55")
  void itsPageAsksNobodyForAnything() throws Exception {
    Optional<Path> binary = Chromium.find();
    Assumptions.assumeTrue(binary.isPresent(), "chromium is not on the PATH");
    String log = new CrowdedLog(folder).mice().elephant(NAME).write();
    Path file = folder.resolve("report.html");
    replay(log, "--seats=60", "--against-seats=600", "--html=" + file).orThrow();

    try (Chromium chromium = Chromium.start(binary.get());
        Page page = chromium.open()) {
      String address = file.toUri().toString();
      page.go(address).await("document.querySelector('svg')").awaitText(NAME);
      assertThat(page.ask("typeof window.harmed").asText()).isEqualTo("undefined");
      assertThat(page.ask("document.images.length").asInt()).isZero();
      assertThat(page.complaints()).isEmpty();
      assertThat(page.ask(CUT_OFF).asInt()).as("levels, on a desktop").isZero();
      assertThat(page.ask(EXEMPT).asText()).as("no limit").endsWith("- - -");
      assertThat(page.requests()).containsOnly(address);
    }
  }
}
