package io.apfproxy.request;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Grammar of the reference, apimachinery pkg/labels/selector.go. */
class LabelSelectorTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "a",
        "!a",
        "a,b",
        "a=",
        "a=b",
        "a==b",
        "a!=b",
        " a = b , c ",
        "a=,b",
        "a>1",
        "a < 1",
        "a in (x)",
        "a notin (x,y)",
        "a in ()",
        "a in (,)",
        "a in (,x)",
        "a in (x,)",
        "a in (x,,y)",
        "in in (in)",
        "example.com/a=b",
        "a=b\u0000",
      })
  void acceptsWhatTheReferenceAccepts(String selector) {
    assertThat(LabelSelector.isValid(selector)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ",",
        "a,",
        "!",
        "!!a",
        "!a=b",
        "=b",
        "a=b=c",
        "a b",
        "a>",
        "a>b",
        "a>-1",
        "a in",
        "a in x",
        "a in (x",
        "a in (x y)",
        "a in (x,,)",
        "a in (x))",
        "a in (-)",
        "a=-",
        "-=b",
        "/a",
        "a/b/c",
        "A.com/a",
        "a(",
        "a=\u00e9",
        "a=b\u0000c",
      })
  void refusesWhatTheReferenceRefuses(String selector) {
    assertThat(LabelSelector.isValid(selector)).isFalse();
  }

  @Test
  void acceptsNamesAndValuesOf63Characters() {
    String longest = "x".repeat(63);

    assertThat(LabelSelector.isValid(longest + "=" + longest)).isTrue();
    assertThat(LabelSelector.isValid(longest + "x=a")).isFalse();
    assertThat(LabelSelector.isValid("a=x" + longest)).isFalse();
  }
}
