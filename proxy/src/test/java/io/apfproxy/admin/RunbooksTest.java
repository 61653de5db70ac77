package io.apfproxy.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apfproxy.cli.Command;
import io.apfproxy.cli.UsageException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What the runbooks tell an operator to type exists: commands and flags of the program, pages of
 * the admin listener, kinds of objects. Specification seeing.md V-119.
 */
class RunbooksTest {
  private static final Path PAGE = Path.of("..", "docs", "runbooks.md");
  private static final Pattern BLOCK = Pattern.compile("(?s)```sh\n(.*?)```");

  /** What the page's first block makes of {@code apf}. */
  private static final String ADMIN =
      " --admin https://127.0.0.1:8443 --certificate-authority ca.crt";

  private static final Set<String> VERBS =
      Set.of("get", "describe", "logs", "top", "auth", "annotate");
  private static final Set<String> KINDS =
      Set.of(
          "fs",
          "plc",
          "rl",
          "pods",
          "secret",
          "secrets",
          "certificate",
          "validatingwebhookconfigurations",
          "mutatingwebhookconfigurations");

  private final Routes routes =
      new Routes(
          new FakePages(), () -> new PageMill(null), new EventStreams(null, new FakePages()));

  private static List<String> commands(String section) {
    List<String> commands = new ArrayList<>();
    BLOCK
        .matcher(section)
        .results()
        .flatMap(block -> block.group(1).lines())
        .map(line -> line.replaceFirst(" # .*", "").strip())
        .filter(line -> !line.isEmpty())
        .forEach(commands::add);
    return commands;
  }

  @TestFactory
  Stream<DynamicTest> nameOnlyCommandsThatExist() throws IOException {
    String[] sections = Files.readString(PAGE).split("(?m)^## ", -1);
    assertThat(sections[0])
        .contains(
            "apf() { java -jar apf-proxy.jar \"$@\""
                + ADMIN.replace("https://127.0.0.1:8443", "$at"));
    return Stream.of(sections)
        .skip(1)
        .map(
            section ->
                DynamicTest.dynamicTest(
                    section.lines().findFirst().orElseThrow(),
                    () -> {
                      List<String> commands = commands(section);
                      assertThat(commands).hasSizeGreaterThanOrEqualTo(3);
                      for (String command : commands) {
                        check(command);
                      }
                    }));
  }

  @Test
  void wouldNotPassOthers() {
    for (String wrong :
        List.of(
            "apf top --sort nothing",
            "apf adapt",
            "java -jar apf-proxy.jar check",
            "curl -k \"$at/metric\"",
            "curl -k \"$queues/dump\"",
            "kubectl get flows",
            "kubectl -n kube-system get pods",
            "top")) {
      assertThatThrownBy(() -> check(wrong)).as(wrong).isNotNull();
    }
  }

  private void check(String command) throws UsageException {
    List<String> words = List.of(command.split(" +"));
    switch (words.get(0)) {
      case "apf" -> parse(command.substring(4) + ADMIN);
      case "java" -> parse(command.replaceFirst("java -jar apf-proxy\\.jar ", ""));
      case "curl" -> page(command);
      case "kubectl" -> kubectl(command.replaceFirst("kubectl( -n apf-system)? ", ""));
      case "openssl" -> assertThat(words.get(1)).isEqualTo("x509");
      default -> throw new AssertionError(command);
    }
  }

  private static void parse(String arguments) throws UsageException {
    Command parsed = Command.parse(List.of(arguments.split(" +")), Map.of());
    assertThat(parsed).isNotInstanceOf(Command.Serve.class);
  }

  private void page(String command) {
    assertThat(command).startsWith("curl -k \"$").endsWith("\"");
    String address =
        command
            .substring("curl -k \"".length(), command.length() - 1)
            .replace("$queues", "$at/debug/api_priority_and_fairness")
            .replace("$at", "https://127.0.0.1:8443");
    assertThat(routes.find(URI.create(address).getPath())).as(command).isPresent();
  }

  private static void kubectl(String arguments) {
    List<String> words = List.of(arguments.split(" +"));
    assertThat(VERBS).as(arguments).contains(words.get(0));
    if (words.get(0).equals("logs")) {
      assertThat(words.get(1)).isEqualTo("deployment/apf-proxy");
    } else if (!words.get(0).equals("auth") && !words.get(1).equals("--raw")) {
      assertThat(KINDS).as(arguments).contains(words.get(1).split(","));
    }
  }
}
