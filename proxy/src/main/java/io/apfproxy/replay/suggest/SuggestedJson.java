package io.apfproxy.replay.suggest;

import com.fasterxml.jackson.core.JsonGenerator;
import io.apfproxy.json.JsonText;
import java.io.IOException;

/** Writes the same for programs. Source: specification seeing.md V-04. */
final class SuggestedJson {
  private static final double SECOND = 1e9;

  private SuggestedJson() {}

  static String of(Suggestions suggestions) {
    return JsonText.page(json -> write(suggestions, json));
  }

  private static void write(Suggestions suggestions, JsonGenerator json) throws IOException {
    json.writeArrayFieldStart("cautions");
    for (String caution : suggestions.alone().cautions()) {
      json.writeString(caution);
    }
    json.writeEndArray();
    json.writeNumberField("tried", suggestions.tried());
    json.writeArrayFieldStart("suggestions");
    for (Suggestion suggestion : suggestions.all()) {
      write(suggestion, json);
    }
    json.writeEndArray();
    json.writeStringField("manifests", SuggestedYaml.of(suggestions));
  }

  private static void write(Suggestion suggestion, JsonGenerator json) throws IOException {
    Proposal proposal = suggestion.proposal();
    Elephant elephant = proposal.elephant();
    Appetite appetite = elephant.appetite();
    json.writeStartObject();
    json.writeStringField("name", proposal.schema().name());
    json.writeStringField("level", appetite.level());
    json.writeStringField("schema", appetite.schema());
    json.writeStringField("user", appetite.user());
    json.writeStringField("verbs", appetite.verbs());
    json.writeStringField("group", appetite.group());
    json.writeStringField("resource", appetite.resource());
    json.writeNumberField("meanSeats", elephant.meanSeats());
    json.writeNumberField("share", elephant.share());
    json.writeNumberField("windows", elephant.windows());
    json.writeNumberField("nominalSeats", proposal.nominal());
    json.writeNumberField("othersWaitP99Before", suggestion.waitBefore() / SECOND);
    json.writeNumberField("othersWaitP99After", suggestion.waitAfter() / SECOND);
    json.writeNumberField("othersRefusedBefore", suggestion.refusedBefore());
    json.writeNumberField("othersRefusedAfter", suggestion.refusedAfter());
    json.writeNumberField("ownRefusedBefore", suggestion.ownRefusedBefore());
    json.writeNumberField("ownRefusedAfter", suggestion.ownRefusedAfter());
    json.writeEndObject();
  }
}
