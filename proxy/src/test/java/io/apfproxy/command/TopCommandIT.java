package io.apfproxy.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apfproxy.cli.Command;
import io.apfproxy.cli.StartException;
import io.apfproxy.report.talkers.TopAnswer;
import io.apfproxy.report.talkers.TopQuestion;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command before an admin listener that says what it is told to. V-05, V-21. */
class TopCommandIT {
  private static final TopAnswer NOTHING =
      new TopAnswer(
          TopQuestion.of(null, null, null, null), 0, 0, 0, 256, 0, Map.of(), Map.of(), List.of());

  private ToldListener listener;

  @BeforeEach
  void listen() throws IOException {
    listener = new ToldListener();
  }

  @AfterEach
  void stop() {
    listener.close();
  }

  private TopCommand command(String... flags) throws Exception {
    List<String> line = new java.util.ArrayList<>(List.of("top", "--admin=" + listener.url));
    line.addAll(List.of(flags));
    return TopCommand.open(((Command.Top) Command.parse(line, Map.of())).options());
  }

  @Test
  void asksWithItsTokenForWhatIsWanted(@TempDir Path folder) throws Exception {
    Path token = Files.writeString(folder.resolve("token"), "secret\n");
    listener.answers.add(TopJson.write(NOTHING));

    String text =
        command("--by=flow", "--window=10s", "--sort=wait", "--limit=3", "--token-file=" + token)
            .once();

    assertThat(listener.asked)
        .containsExactly("/debug/apf-proxy/top?by=flow&window=10s&sort=wait&limit=3 Bearer secret");
    assertThat(text.lines())
        .containsExactly(
            listener.url + "  00:00:00 UTC, 0 s: 0 req/s, 0 seats, 0B/s, 0 refused/s, lost 0",
            "FLOW  REQ/S  SEATS  WAIT  BYTES/S  REFUSED/S  WHY");
  }

  @Test
  void onATerminalItWritesOverWhatItWroteAndGoesOnWithoutAnswer() throws Exception {
    listener.answers.add(TopJson.write(NOTHING));
    ByteArrayOutputStream out = new ByteArrayOutputStream();

    command()
        .follow(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            () -> new Terminal(true, 24, 80),
            2,
            1);

    String head = "\u001b[H";
    String end = "\u001b[K\n";
    assertThat(out.toString(StandardCharsets.UTF_8))
        .isEqualTo(
            head
                + listener.url
                + end
                + "00:00:00 UTC, 0 s: 0 req/s, 0 seats, 0B/s, 0 refused/s, lost 0"
                + end
                + "USER  REQ/S  SEATS  WAIT  BYTES/S  REFUSED/S  WHY"
                + end
                + "\u001b[J"
                + head
                + "--admin: "
                + listener.url
                + " answers 403: no more"
                + end
                + "\u001b[J");
  }

  /** What is more would push its beginning out of sight, and each redrawing all that was there. */
  @Test
  void onATerminalItWritesNoMoreThanFits() throws Exception {
    List<TopAnswer.Row> users =
        IntStream.range(10, 30)
            .mapToObj(i -> new TopAnswer.Row("user" + i, Map.of(), Map.of(), true))
            .toList();
    listener.answers.add(
        TopJson.write(
            new TopAnswer(NOTHING.question(), 0, 0, 0, 256, 0, Map.of(), Map.of(), users, null)));
    ByteArrayOutputStream out = new ByteArrayOutputStream();

    command()
        .follow(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            () -> new Terminal(true, 10, 80),
            1,
            1);

    assertThat(out.toString(StandardCharsets.UTF_8).lines().map(line -> line.replaceAll(" .*", "")))
        .hasSize(10)
        .contains("user10", "user15")
        .endsWith("\u001b[J");
  }

  @Test
  void saysWhatIsWrong() throws Exception {
    assertThatThrownBy(() -> command().once())
        .isInstanceOf(StartException.class)
        .hasMessage("--admin: " + listener.url + " answers 403: no more");
    listener.answers.add("{\"version\":2}");
    assertThatThrownBy(() -> command().once())
        .hasMessage(
            "--admin: " + listener.url + " answers what is no answer, expected another version");
    assertThatThrownBy(() -> command("--token-file=/nowhere"))
        .hasMessage("--token-file: cannot read /nowhere (no such file), expected a bearer token");
    assertThatThrownBy(() -> command("--certificate-authority=/nowhere"))
        .hasMessageStartingWith("--certificate-authority: cannot read /nowhere (no such file)");
  }

  /** Such as a kubeconfig; what it holds is for nobody's eyes. */
  @Test
  void saysThatAFileHoldsNoToken(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("token");
    for (String text : List.of("a\ncanary\n", "b canary", "c\u00fccanary", "\n")) {
      Files.writeString(file, text);
      assertThatThrownBy(() -> command("--token-file=" + file))
          .isInstanceOf(StartException.class)
          .hasMessage("--token-file: found no token in " + file + ", expected a bearer token");
    }
  }

  @Test
  void aTerminalIsAsLargeAsItSays() {
    assertThat(Terminal.of("50 132\n")).isEqualTo(new Terminal(true, 50, 132));
    assertThat(Terminal.of("0 0\n")).isEqualTo(new Terminal(true, 24, 80));
    assertThat(Terminal.of("")).isEqualTo(new Terminal(true, 24, 80));
  }
}
