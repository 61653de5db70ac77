package io.apfproxy.authn.tell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.apfproxy.authn.tell.Identity.Assertion;
import io.apfproxy.authn.tell.Identity.Mode;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.UserInfo;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Step 9 of security.md 3.1: whoever made the mistake, it does not leave the house. */
@Tag("S05")
@Tag("S08")
class IdentityAssertionTest {
  private static Identity identity(Mode mode, String... lines) {
    List<Map.Entry<String, String>> headers =
        Arrays.stream(lines)
            .filter(line -> !line.isEmpty())
            .map(line -> line.split(": ", 2))
            .map(parts -> Map.entry(parts[0], parts[1]))
            .toList();
    UserInfo bob = UserInfo.of("bob");
    UserInfo effective = mode == Mode.IMPERSONATION ? UserInfo.of("\u0141ukasz") : bob;
    boolean named = mode != Mode.PASS_THROUGH && !headers.isEmpty();
    return new Identity(
        bob,
        effective,
        mode,
        new Assertion(
            named ? headers.get(0) : null,
            mode == Mode.PASS_THROUGH && headers.isEmpty(),
            named ? headers.subList(1, headers.size()) : headers));
  }

  @Test
  void letsEachModeSayWhatItMay() throws RefusedException {
    for (Identity good :
        List.of(
            identity(Mode.PASS_THROUGH),
            identity(Mode.PASS_THROUGH, "Authorization: Bearer t", "Impersonate-User: eve"),
            identity(Mode.REQUEST_HEADER, "X-U: bob", "X-G: g", "X-G: h", "Impersonate-User: eve"),
            identity(Mode.IMPERSONATION, "Impersonate-User: \u00c5\u0081ukasz"))) {
      assertThat(IdentityAssertion.check(good)).isSameAs(good);
    }
  }

  @ParameterizedTest(name = "{0}: {1}, {2}")
  @CsvSource({
    "PASS_THROUGH, X-Remote-User: bob, ''",
    "PASS_THROUGH, Authorization: Bearer t, Authorization: Bearer u",
    "REQUEST_HEADER, '', ''",
    "REQUEST_HEADER, 'X-Remote-User: ', ''",
    "REQUEST_HEADER, X-Remote-User: eve, ''",
    "REQUEST_HEADER, X-Remote-Group: g, X-Remote-User: bob",
    "REQUEST_HEADER, X-Remote-User: bob, x-remote-user: bob",
    "REQUEST_HEADER, X-Remote-User: bob, Authorization: Bearer t",
    "REQUEST_HEADER, Impersonate-User: bob, X-Remote-User: bob",
    "IMPERSONATION, '', ''",
    "IMPERSONATION, Impersonate-User: bob, ''",
    "IMPERSONATION, Impersonate-Group: g, ''",
    "IMPERSONATION, Impersonate-User: \u00c5\u0081ukasz, X-Remote-User: bob",
    "IMPERSONATION, Impersonate-User: \u00c5\u0081ukasz, Impersonate-User: bob"
  })
  void answers500ToAnythingElse(Mode mode, String first, String second) {
    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(() -> IdentityAssertion.check(identity(mode, first, second)))
        .satisfies(refusal -> assertThat(refusal.code()).isEqualTo(500));
  }

  @Test
  void answers500ToATokenOfAnonymousAndToNoneOfSomebody() {
    for (Assertion bad :
        List.of(
            new Assertion(null, true, List.of(Map.entry("Authorization", "Bearer t"))),
            new Assertion(null, false, List.of()),
            new Assertion(Map.entry("Authorization", "Bearer t"), false, List.of()))) {
      UserInfo bob = UserInfo.of("bob");
      assertThatExceptionOfType(RefusedException.class)
          .isThrownBy(
              () -> IdentityAssertion.check(new Identity(bob, bob, Mode.PASS_THROUGH, bad)));
    }
  }
}
