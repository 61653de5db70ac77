package io.apfproxy.request;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
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

  /** What is found in one pass is what each look-up finds. */
  @Test
  void readsALongQueryAsAShortOne() {
    List<String> keys =
        List.of("limit", "%6cimit", "limi%74", "limit%", "limi%7", "Limit", "timeout", "time+out");
    List<String> values = List.of("", "=", "=1", "=%zz", "=a+b", "=%20;", "=2;3");
    List<String> names = List.of("limit", "timeout", "time out", "watch", "timeoutSeconds");
    Random random = new Random(1);
    for (int i = 0; i < 2_000; i++) {
      StringBuilder pairs = new StringBuilder();
      for (int pair = random.nextInt(5); pair >= 0; pair--) {
        pairs.append(keys.get(random.nextInt(keys.size())));
        pairs.append(values.get(random.nextInt(values.size()))).append('&');
      }
      Query asShort = Query.of(pairs.toString());
      Query asLong = Query.of("x=" + "y".repeat(600) + "&" + pairs);
      for (String name : names) {
        assertThat(asLong.first(name)).as(name + " in " + pairs).isEqualTo(asShort.first(name));
      }
    }
  }

  @Test
  void doesNotReadALongQueryAgainThatItHasJustRead() {
    String raw = "a=1&".repeat(8192);

    assertThat(Query.of(raw)).isSameAs(Query.of(raw));
  }
}
