package io.apfproxy.authn.head;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("S07")
class ExtraKeysTest {
  @ParameterizedTest(name = "S07: {0}")
  @ValueSource(
      strings = {"scopes", "Foo", "a/b", "a%2Fb", "na\u00efve", "\u20ac", "a b", "A_b-c.d~", "%"})
  void anyKeySurvivesTheWayThroughAHeaderName(String key) {
    String end = ExtraKeys.encode(key);
    assertThat(FieldSyntax.isToken(end)).isTrue();
    assertThat(ExtraKeys.decode(end)).isEqualTo(key);
  }

  @ParameterizedTest
  @CsvSource({"Scopes,scopes", "a%2fB,a/b", "a%,a%", "a%4,a%4", "%zz,%zz", "%41,A", "%ff,%ff"})
  void decodesAsUpstream(String end, String key) {
    assertThat(ExtraKeys.decode(end)).isEqualTo(key);
  }
}
