package io.apfproxy.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.config.Bootstrap;
import io.apfproxy.config.FlowSchema;
import io.apfproxy.config.SourceObject;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What counts as a change of a source. Specification seeing.md V-70. */
@Tag("V-70")
class SourceChangesTest {
  private static final Instant FIRST = Instant.ofEpochSecond(1);
  private static final Instant LATER = Instant.ofEpochSecond(2);
  private static final List<FlowSchema> SCHEMAS = List.copyOf(Bootstrap.flowSchemas());

  private final SourceChanges changes = new SourceChanges();

  private static SourceObject object(int which, int moreThanItHad, String place) {
    FlowSchema schema = SCHEMAS.get(which);
    FlowSchema.Spec spec = schema.spec();
    return SourceObject.of(
        new FlowSchema(
            schema.metadata(),
            new FlowSchema.Spec(
                spec.priorityLevel(),
                spec.matchingPrecedence() + moreThanItHad,
                spec.distinguisherMethod(),
                spec.rules()),
            List.of()),
        place);
  }

  private SourceChange last() {
    return changes.of("files").orElseThrow();
  }

  @Test
  void aSourceThatWasNeverReadHasNotChanged() {
    assertThat(changes.of("files")).isEmpty();
  }

  @Test
  void theFirstReadingIsAChangeEvenOfNothing() {
    changes.seen("files", List.of(), FIRST);
    assertThat(last()).isEqualTo(new SourceChange(FIRST, 0, 0, 0));
    changes.seen("files", List.of(), LATER);
    assertThat(last().time()).isEqualTo(FIRST);
  }

  @Test
  void countsWhatIsAddedAlteredAndRemoved() {
    changes.seen("files", List.of(object(0, 0, "a:1"), object(1, 0, "a:9")), FIRST);
    assertThat(last()).isEqualTo(new SourceChange(FIRST, 2, 0, 0));

    changes.seen("files", List.of(object(1, 1, "a:1"), object(2, 0, "a:9")), LATER);
    assertThat(last()).isEqualTo(new SourceChange(LATER, 1, 1, 1));
  }

  @Test
  void anObjectThatHasMovedOnlyIsTheSame() {
    changes.seen("files", List.of(object(0, 0, "a:1")), FIRST);
    changes.seen("files", List.of(object(0, 0, "b:2")), LATER);

    assertThat(last().time()).isEqualTo(FIRST);
  }
}
