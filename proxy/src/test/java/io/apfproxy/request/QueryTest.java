package io.apfproxy.request;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QueryTest {
  @ParameterizedTest
  @CsvSource({
    "a=1, 1",
    "a, ''",
    "a=, ''",
    "b=2&a=1&a=3, 1",
    "&&a=1, 1",
    "a=x+y%2Bz, x y+z",
    "%61=1, 1",
    "a=b=c, b=c",
    "a=%zz&a=2, 2",
    "a=1;&a=2, 2",
    "%zz=1&a=2, 2",
    "a;b=1&a=2, 2",
  })
  void takesTheFirstWellFormedValue(String query, String value) {
    assertThat(Query.of(query).first("a")).isEqualTo(value);
  }

  @ParameterizedTest
  @CsvSource({"''", "aa=1", "A=1", "b", "a+=1", "a=1;b", "%61%zz=1", "=a"})
  void knowsNoOtherParameter(String query) {
    assertThat(Query.of(query).has("a")).isFalse();
  }

  @Test
  void decodesPlusInAKeyToASpace() {
    assertThat(Query.of("a+b=1").first("a b")).isEqualTo("1");
  }
}
