package io.apfproxy.authn.tell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.apfproxy.authn.tell.Identity.Mode;
import java.util.List;
import org.junit.jupiter.api.Test;

class UpstreamIdentityPolicyTest {
  @Test
  void prefersWhatNeedsFewestRights() {
    assertThat(UpstreamIdentityPolicy.parse(List.of("auto"), true, true).order())
        .containsExactly(Mode.PASS_THROUGH, Mode.REQUEST_HEADER, Mode.IMPERSONATION);
    assertThat(UpstreamIdentityPolicy.parse(List.of("auto"), false, true).available())
        .containsExactlyInAnyOrder(Mode.PASS_THROUGH, Mode.IMPERSONATION);
  }

  @Test
  void knowsWhetherTokensAreAsserted() {
    assertThat(UpstreamIdentityPolicy.parse(List.of("auto"), true, true).assertsTokens()).isFalse();
    assertThat(
            UpstreamIdentityPolicy.parse(List.of("impersonation", "pass-through"), true, true)
                .assertsTokens())
        .isTrue();
  }

  @Test
  void refusesModesWithoutTheirCredentialAndUnknownWords() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> UpstreamIdentityPolicy.parse(List.of("request-header"), false, true))
        .withMessageContaining("--proxy-client-cert-file");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> UpstreamIdentityPolicy.parse(List.of("impersonation"), true, false))
        .withMessageContaining("--kubeconfig");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> UpstreamIdentityPolicy.parse(List.of("auto", "magic"), true, true))
        .withMessageContaining("--upstream-identity");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> UpstreamIdentityPolicy.parse(List.of(), true, true));
  }
}
