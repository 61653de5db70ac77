package io.apfproxy.command;

import com.fasterxml.jackson.core.JsonGenerator;
import io.apfproxy.json.JsonText;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Writes what {@code adopt} found. */
final class AdoptText {
  private static final int ALL = 100;
  private static final int MINUTES = 60;

  private AdoptText() {}

  static String table(List<Adoption> levels) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("LEVEL", "MODE", "REQUESTS", "WAIT P99", "REFUSED", "WATCHED", "VERDICT"));
    for (Adoption level : levels) {
      rows.add(
          List.of(
              level.level(),
              mode(level.percent()),
              String.valueOf(level.requests()),
              level.requests() == 0 ? "-" : wait(level.waitP99()),
              String.valueOf(level.refused()),
              watched(level.watched()),
              verdict(level)));
    }
    StringBuilder text =
        new StringBuilder(
            new TextTable(rows, true)
                .text(
                    "What would have happened to requests in shadow, since the start",
                    Integer.MAX_VALUE));
    levels.stream()
        .filter(level -> level.verdict() == Adoption.Verdict.SAFE)
        .forEach(level -> text.append(command(level)).append('\n'));
    return text.toString();
  }

  static String json(List<Adoption> levels) {
    return JsonText.page(
        json -> {
          json.writeArrayFieldStart("levels");
          for (Adoption level : levels) {
            write(json, level);
          }
          json.writeEndArray();
        });
  }

  /** An infinite wait is null: more than the last bucket knows. */
  private static void write(JsonGenerator json, Adoption level) throws IOException {
    json.writeStartObject();
    json.writeStringField("level", level.level());
    json.writeNumberField("enforcedPercent", level.percent());
    json.writeNumberField("requests", level.requests());
    json.writeFieldName("waitP99Seconds");
    if (Double.isInfinite(level.waitP99())) {
      json.writeNull();
    } else {
      json.writeNumber(level.waitP99());
    }
    json.writeNumberField("refused", level.refused());
    json.writeNumberField("watchedSeconds", level.watched().toSeconds());
    json.writeStringField("verdict", word(level));
    if (level.verdict() == Adoption.Verdict.SAFE) {
      json.writeStringField("command", command(level));
    }
    json.writeEndObject();
  }

  private static String word(Adoption level) {
    return level.verdict().name().toLowerCase(Locale.ROOT);
  }

  private static String verdict(Adoption level) {
    return switch (level.verdict()) {
      case QUIET -> "quiet: watch longer";
      case LOOK ->
          "look: apf-proxy top --sort="
              + (level.refused() > 0 ? "would-refuse" : "would-wait")
              + " --window=10m names whom";
      case SAFE, ENFORCED -> word(level);
    };
  }

  private static String command(Adoption level) {
    return "kubectl annotate plc "
        + level.level()
        + " apf-proxy.io/enforcement=enforce --overwrite";
  }

  private static String mode(int percent) {
    return percent == ALL ? "enforce" : percent == 0 ? "shadow" : percent + "%";
  }

  private static String wait(double seconds) {
    if (seconds == 0) {
      return "0s"; // the first bucket holds those alone that did not wait
    }
    return Double.isInfinite(seconds)
        ? "> 30s"
        : "<= " + (seconds == Math.rint(seconds) ? String.valueOf((long) seconds) : seconds) + "s";
  }

  private static String watched(Duration time) {
    long minutes = Math.max(0, time.toMinutes());
    return minutes < MINUTES ? minutes + "m" : minutes / MINUTES + "h" + minutes % MINUTES + "m";
  }
}
