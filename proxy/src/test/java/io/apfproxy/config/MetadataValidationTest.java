package io.apfproxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.config.ObjectMeta.OwnerReference;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The edges that the recordings do not touch. */
class MetadataValidationTest {
  private static final int MOST_BYTES = 262_144;
  private static final String KEY = "example.com/note";
  private static final String TOO_LONG = "FieldValueTooLong metadata.annotations";
  private static final String INVALID = "FieldValueInvalid metadata.";

  @Test
  void takes256KibibytesOfAnnotations() {
    assertThat(errors(annotated(KEY, "x".repeat(MOST_BYTES - KEY.length())))).isEmpty();
    assertThat(errors(annotated(KEY, "x".repeat(MOST_BYTES - KEY.length() + 1))))
        .containsExactly(TOO_LONG);
  }

  @Test
  void countsAnnotationsInBytesOfUtf8() {
    String wide = "\u20ac"; // 3 bytes

    assertThat(errors(annotated(KEY, wide.repeat((MOST_BYTES - KEY.length()) / 3)))).isEmpty();
    assertThat(errors(annotated(KEY, wide.repeat((MOST_BYTES - KEY.length()) / 3 + 1))))
        .containsExactly(TOO_LONG);
  }

  @Test
  void takesAnnotationKeysOfAnyCase() {
    assertThat(errors(annotated("A.B/C", ""))).isEmpty();
    assertThat(errors(annotated("\u0130", ""))).isEmpty(); // Go's lower case of it is an i
    assertThat(errors(annotated("\u00c9", ""))).containsExactly(INVALID + "annotations");
  }

  @Test
  void countsEachRuleThatANameBreaks() {
    String wide = "\u00e9".repeat(127); // 254 bytes

    assertThat(errors(named(wide, ""))).containsExactly(INVALID + "name", INVALID + "name");
    assertThat(errors(named("a".repeat(254), ""))).containsExactly(INVALID + "name");
    assertThat(errors(named("A", ""))).containsExactly(INVALID + "name");
    assertThat(errors(annotated("a/", "")))
        .containsExactly(INVALID + "annotations", INVALID + "annotations");
    assertThat(errors(annotated("_/", ""))).hasSize(3);
    assertThat(errors(annotated("a/b/" + "_".repeat(64), ""))).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "a-", "a--", "A-", "a.b-", "--"})
  void takesADashAtTheEndOfAPrefixWithWhatIsBeforeIt(String prefix) {
    assertThat(errors(named("a", prefix))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-", "A", "a.-b-", ".--", "\u00e9-"})
  void refusesOtherPrefixes(String prefix) {
    assertThat(errors(named("a", prefix))).containsExactly(INVALID + "generateName");
  }

  @ParameterizedTest
  @CsvSource({
    "v1, Pod, ",
    "/v1, Pod, ",
    "a/v1, Event, ",
    "v2, Event, ",
    "'', Pod, FieldValueRequired metadata.ownerReferences[0].apiVersion",
    "/, Pod, FieldValueInvalid metadata.ownerReferences[0].apiVersion",
    "v1/, Pod, FieldValueInvalid metadata.ownerReferences[0].apiVersion",
    "a/b/c, Pod, FieldValueInvalid metadata.ownerReferences[0].apiVersion",
    "v1, Event, FieldValueInvalid metadata.ownerReferences[0]",
    "/v1, Event, FieldValueInvalid metadata.ownerReferences[0]",
  })
  void readsTheVersionOfAnOwner(String apiVersion, String kind, @Nullable String error) {
    OwnerReference owner = new OwnerReference(apiVersion, kind, "n", "u", false);
    ObjectMeta metadata =
        new ObjectMeta("a", "", "", "", 0, Map.of(), Map.of(), List.of(), List.of(owner));

    assertThat(errors(metadata)).isEqualTo(error == null ? List.of() : List.of(error));
  }

  @Test
  void takesQualifiedAndStandardFinalizersButNotBothOfTwo() {
    assertThat(errors(finalized("example.com/x", "kubernetes", "orphan"))).isEmpty();
    assertThat(errors(finalized("x"))).containsExactly(INVALID + "finalizers[0]");
    assertThat(errors(finalized("_")))
        .containsExactly(INVALID + "finalizers", INVALID + "finalizers[0]");
    assertThat(errors(finalized("orphan", "foregroundDeletion")))
        .containsExactly(INVALID + "finalizers");
  }

  private static ObjectMeta annotated(String key, String value) {
    return ObjectMeta.of("a", "", Map.of(key, value));
  }

  private static ObjectMeta named(String name, String prefix) {
    return new ObjectMeta(name, prefix, "", "", 0, Map.of(), Map.of(), List.of(), List.of());
  }

  private static ObjectMeta finalized(String... finalizers) {
    return new ObjectMeta("a", "", "", "", 0, Map.of(), Map.of(), List.of(finalizers), List.of());
  }

  private static List<String> errors(ObjectMeta metadata) {
    FieldErrors errors = new FieldErrors();
    MetadataValidation.validate(metadata, errors);
    return errors.toList().stream()
        .map(error -> error.type().reason() + " " + error.field())
        .toList();
  }
}
