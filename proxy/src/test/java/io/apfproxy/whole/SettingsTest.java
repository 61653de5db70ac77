package io.apfproxy.whole;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingsTest {
  private static final Path JAR = Path.of("own.jar");

  @Test
  void measuresTheOneJarUnlessOthersAreNamed() {
    assertThat(Settings.of(JAR).jars()).containsExactly(Map.entry("apf-proxy", of(JAR)));
    assertThat(Settings.of(JAR, "jars=before=a.jar,after=b.jar").jars())
        .containsExactly(
            Map.entry("before", of(Path.of("a.jar"))), Map.entry("after", of(Path.of("b.jar"))));
  }

  private static Settings.Jar of(Path file, String... flags) {
    return new Settings.Jar(file, List.of(flags), List.of());
  }

  @Test
  void givesOneOfTheJarsFlagsThatTheOthersDoNotHave() {
    assertThat(
            Settings.of(
                    JAR,
                    "flags.on=--access-log=a.log,--v=2",
                    "flags=--v=1",
                    "jars=off=a.jar,on=a.jar")
                .jars())
        .containsExactly(
            Map.entry("off", of(Path.of("a.jar"), "--v=1")),
            Map.entry("on", of(Path.of("a.jar"), "--v=1", "--access-log=a.log", "--v=2")));
  }

  @Test
  void givesOneOfTheJarsOptionsOfTheVirtualMachineThatTheOthersDoNotHave() {
    assertThat(Settings.of(JAR, "java=-Xmx1g", "java.on=-Xint", "jars=off=a.jar,on=a.jar").jars())
        .containsExactly(
            Map.entry("off", new Settings.Jar(Path.of("a.jar"), List.of(), List.of("-Xmx1g"))),
            Map.entry(
                "on", new Settings.Jar(Path.of("a.jar"), List.of(), List.of("-Xmx1g", "-Xint"))));
  }

  @Test
  void readsNumbersTimesAndLists() {
    Settings settings = Settings.of(JAR, "rounds=2", "warm=0.5", "fronts=direct", "flags=");

    assertThat(settings.rounds()).isEqualTo(2);
    assertThat(settings.warm()).isEqualTo(Duration.ofMillis(500));
    assertThat(settings.fronts()).containsExactly("direct");
    assertThat(settings.jars()).containsExactly(Map.entry("apf-proxy", of(JAR)));
    assertThat(settings.low()).isEqualTo(500);
  }

  @Test
  void keepsWhatFollowsTheFirstEqualsSign() {
    assertThat(Settings.of(JAR, "flags=--warm-up=0s,--v=1").jars())
        .containsExactly(Map.entry("apf-proxy", of(JAR, "--warm-up=0s", "--v=1")));
  }

  @Test
  void measuresBeforeARealServerIfAsked() {
    assertThat(Settings.of(JAR).real()).isFalse();
    assertThat(Settings.of(JAR, "upstream=real").real()).isTrue();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Settings.of(JAR, "upstream=slow"))
        .withMessage("found \"upstream=slow\", expected fast or real");
  }

  @Test
  void refusesWhatItDoesNotKnow() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Settings.of(JAR, "round=2"))
        .withMessageContaining("\"round=2\"")
        .withMessageContaining("rounds");
    assertThatIllegalArgumentException().isThrownBy(() -> Settings.of(JAR, "rounds"));
    assertThatIllegalArgumentException().isThrownBy(() -> Settings.of(JAR, "rounds=few"));
    assertThatIllegalArgumentException().isThrownBy(() -> Settings.of(JAR, "jars=a.jar"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Settings.of(JAR, "jars=off=a.jar", "flags.on=--v=1"))
        .withMessageContaining("\"flags.on\"")
        .withMessageContaining("off");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Settings.of(JAR, "java.on=-Xint"))
        .withMessageContaining("\"java.on\"");
  }
}
