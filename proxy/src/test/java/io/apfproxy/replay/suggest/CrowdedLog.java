package io.apfproxy.replay.suggest;

import static io.apfproxy.replay.audit.Events.event;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.apfproxy.cli.Command;
import io.apfproxy.command.Output;
import io.apfproxy.command.SuggestCommand;
import io.apfproxy.replay.audit.Events;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** An audit log of many small requests, and of those that crowd them out. */
public final class CrowdedLog {
  private static final String MOUSE = "/api/v1/namespaces/%s/configmaps/c";

  private final Path folder;
  private final int seconds;
  private final List<Events> events = new ArrayList<>();

  /** Of a hundred seconds. */
  public CrowdedLog(Path folder) {
    this(folder, 100);
  }

  CrowdedLog(Path folder, int seconds) {
    this.folder = folder;
    this.seconds = seconds;
  }

  /** Many small ones, two a second of each of ten users. */
  public CrowdedLog mice() {
    for (int i = 0; i < 20 * seconds; i++) {
      String user = "mouse-" + i % 10;
      events.add(
          event("mouse" + i)
              .asks("get", MOUSE.formatted(user))
              .by(user, "system:authenticated")
              .at(i / 20.0)
              .took(0.02));
    }
    return this;
  }

  /** Lists of all pods, more than the level can serve. */
  public CrowdedLog elephant(String user) {
    return elephant(user, "/api/v1/pods");
  }

  /** Lists, more than the level can serve, of these in turn. */
  public CrowdedLog elephant(String user, String... targets) {
    return elephant(user, 2, targets);
  }

  /** Lists of these in turn, twenty a second, each of which takes so many seconds. */
  CrowdedLog elephant(String user, double took, String... targets) {
    String name = escaped(user);
    int number = events.size();
    for (int i = 0; i < 20 * seconds; i++) {
      events.add(
          event(number + "-" + i)
              .asks("list", targets[i % targets.length])
              .by(name, "system:authenticated")
              .at(i / 20.0 + 0.001)
              .took(took));
    }
    return this;
  }

  /** As JSON has it, in ASCII, so that half a character can be told too. */
  private static String escaped(String text) {
    StringBuilder escaped = new StringBuilder();
    for (char c : JsonStringEncoder.getInstance().quoteAsString(text)) {
      escaped.append(c < 0x7f ? String.valueOf(c) : String.format(Locale.ROOT, "\\u%04x", (int) c));
    }
    return escaped.toString();
  }

  /** Writes it, and returns its file. */
  public String write() throws IOException {
    StringBuilder text = new StringBuilder();
    events.forEach(text::append);
    return Files.writeString(folder.resolve("audit.log"), text).toString();
  }

  /** What is proposed for it and 60 seats. */
  public Output suggest(String... flags) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("suggest", write(), "--seats=60"));
    arguments.addAll(List.of(flags));
    return SuggestCommand.run(((Command.Suggest) Command.parse(arguments, Map.of())).options());
  }
}
