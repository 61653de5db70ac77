package io.apfproxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.limit.Limiting;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Source: specification seeing.md V-30, V-31. */
class EnforcementTest {
  private static final int NAMES = 100_000;

  @ParameterizedTest
  @CsvSource({"enforce,100", "shadow,0", "1%,1", "25%,25", "99%,99"})
  void readsWhatItWrites(String text, int percent) {
    Enforcement read = Enforcement.parse(text).orElseThrow();

    assertThat(read).isEqualTo(new Enforcement(percent)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "Enforce", "0%", "100%", "01%", "-1%", "1.5%", "25", "25 %", " shadow", "off"})
  void refusesAllElse(String text) {
    assertThat(Enforcement.parse(text)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"system:node:ip-10-0-%d.ec2.internal", "user%d", "ns:%d:default", "%d"})
  void holdsThatPartOfTheUsers(String pattern) {
    List<String> names = IntStream.range(0, NAMES).mapToObj(pattern::formatted).toList();
    for (int percent : new int[] {0, 1, 10, 25, 50, 75, 99, 100}) {
      int of = percent;
      long held = names.stream().filter(name -> Enforcement.holds(of, name)).count();
      assertThat(held * 100.0 / NAMES)
          .as("%d%% of %s", percent, pattern)
          .isBetween(percent - 1.0, percent + 1.0);
    }
    assertThat(names.stream().filter(name -> Enforcement.holds(100, name)).count())
        .isEqualTo(NAMES);
    assertThat(names.stream().filter(name -> Enforcement.holds(0, name)).count()).isZero();
  }

  @Test
  void keepsWhomItHoldsWhenItHoldsMore() {
    for (int i = 0; i < 1_000; i++) {
      String name = "user" + i;
      boolean held = false;
      for (int percent = 0; percent <= 100; percent++) {
        boolean now = Enforcement.holds(percent, name);
        assertThat(now || !held).as("%s at %d%%", name, percent).isTrue();
        held = now;
      }
    }
  }

  /** The same in every process and release: users would change sides otherwise. */
  @Test
  void holdsTheSameUsersEverywhere() {
    assertThat(IntStream.range(0, 100).filter(percent -> Enforcement.holds(percent, "alice")).min())
        .hasValue(firstPercent("alice".hashCode()));
  }

  /** By the text of the rule, in another arithmetic. */
  private static int firstPercent(int hash) {
    long h = hash & 0xFFFFFFFFL;
    h ^= h >> 16;
    h = h * 0x85EBCA6BL & 0xFFFFFFFFL;
    h ^= h >> 13;
    h = h * 0xC2B2AE35L & 0xFFFFFFFFL;
    h ^= h >> 16;
    return (int) (h * 100 / (1L << 32)) + 1;
  }

  @Test
  void letsTheAnnotationWinBothWays() {
    assertThat(Enforcement.of(level("shadow"), Enforcement.ENFORCE)).isEqualTo(Enforcement.SHADOW);
    assertThat(Enforcement.of(level("enforce"), Enforcement.SHADOW)).isEqualTo(Enforcement.ENFORCE);
    assertThat(Enforcement.of(level("25%"), Enforcement.SHADOW)).isEqualTo(new Enforcement(25));
    assertThat(Enforcement.of(level(null), Enforcement.SHADOW)).isEqualTo(Enforcement.SHADOW);
  }

  @Test
  void ignoresAValueThatIsNoneAndSaysSo() {
    assertThat(Enforcement.of(level("off"), new Enforcement(7))).isEqualTo(new Enforcement(7));
    assertThat(Enforcement.finding(level("off")))
        .isEqualTo(
            "annotation apf-proxy.io/enforcement has no effect: found \"off\", expected enforce,"
                + " shadow, or 1% to 99% of users");
    assertThat(Enforcement.finding(level("1%"))).isNull();
    assertThat(Enforcement.finding(level(null))).isNull();
  }

  @Test
  void liftsNothingFromTheExemptLevel() {
    PriorityLevelConfiguration exempt = with(Bootstrap.exemptLevel(), "shadow");

    assertThat(Enforcement.of(exempt, Enforcement.SHADOW)).isEqualTo(Enforcement.ENFORCE);
    assertThat(Enforcement.finding(exempt))
        .isEqualTo(
            "annotation apf-proxy.io/enforcement has no effect: exempt requests are held to"
                + " nothing");
  }

  @Test
  void changesWhatALevelComesTo() {
    assertThat(level("shadow").effect()).isNotEqualTo(level(null).effect());
    assertThat(level("shadow").effect()).isEqualTo(level("shadow").effect());
  }

  /** Limits are in {@code RateLimitShadowTest}; what is said of them is here. L-32. */
  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "AfterAuthentication;25%;-",
        "AfterAuthentication;off;annotation apf-proxy.io/enforcement has no effect: found \"off\","
            + " expected enforce, shadow, or 1% to 99% of users",
        "BeforeAuthentication;shadow;-",
        "BeforeAuthentication;25%;annotation apf-proxy.io/enforcement: 25% holds nobody: who asks"
            + " is not known before authentication"
      },
      delimiter = ';')
  void saysOfALimitWhatHasNoEffect(String stage, String said, String finding) {
    Limiting limiting = Limiting.of("limit").enforcement(said);
    RateLimit limit =
        (stage.equals(RateLimit.BEFORE_AUTHENTICATION) ? limiting.beforeAuthentication() : limiting)
            .perSecond(1, 1);
    assertThat(Enforcement.finding(limit)).isEqualTo(finding);
  }

  private static PriorityLevelConfiguration level(String annotation) {
    PriorityLevelConfiguration level = Bootstrap.catchAllLevel();
    return annotation == null ? level : with(level, annotation);
  }

  private static PriorityLevelConfiguration with(
      PriorityLevelConfiguration level, String annotation) {
    return new PriorityLevelConfiguration(
        ObjectMeta.of(level.name(), "uid", Map.of(Enforcement.ANNOTATION, annotation)),
        level.spec(),
        List.of());
  }
}
