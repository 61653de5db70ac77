package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UpstreamVersionTest {
  private final UpstreamVersion version = new UpstreamVersion();

  @ParameterizedTest
  @CsvSource({
    "v1.37.1, true",
    "v1.36.0, true",
    "v1.36.0-eks-4096722, true",
    "v1.35.9, false",
    "v1.9.36, false",
    "v1.100.0+k3s1, true",
    "v2.0.0, true",
    "1.37, false",
    "v1.36x, false",
    "'', false"
  })
  void knowsConstrainedImpersonationFrom1_36On(String gitVersion, boolean known) {
    version.tell(gitVersion);
    assertThat(version.hasConstrainedImpersonation()).isEqualTo(known);
  }

  @Test
  void followsAnUpgrade() {
    assertThat(version.hasConstrainedImpersonation()).isFalse();
    version.tell("v1.35.0");
    version.tell("v1.36.0");
    assertThat(version.hasConstrainedImpersonation()).isTrue();
  }
}
