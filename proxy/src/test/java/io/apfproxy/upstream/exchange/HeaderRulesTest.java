package io.apfproxy.upstream.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.apfproxy.request.HeaderLines;
import io.apfproxy.request.RefusedException;
import io.apfproxy.upstream.wire.Credential;
import io.apfproxy.upstream.wire.LaneKind;
import io.apfproxy.upstream.wire.Sender;
import io.vertx.core.MultiMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Step 9 of security.md 3.1, in what is written at last. */
@Tag("S04")
@Tag("S08")
class HeaderRulesTest {
  private static MultiMap written(
      Credential credential, String survivor, Map.Entry<String, String> identity)
      throws RefusedException {
    HeaderLines survivors = new HeaderLines().add("Accept", "*/*");
    survivors.add(survivor, "x");
    MultiMap to = MultiMap.caseInsensitiveMultiMap();
    HeaderRules.writeRequest(
        Requests.of(
            "GET",
            survivors,
            credential == Credential.NONE
                ? new Sender(credential, false, null, List.of(identity))
                : new Sender(credential, false, identity, List.of()),
            LaneKind.SMALL),
        to);
    return to;
  }

  @Test
  void writesTheIdentityLast() throws RefusedException {
    MultiMap to = written(Credential.FRONT_PROXY, "X-Other", Map.entry("X-User", "bob"));
    assertThat(to.getAll("X-User")).containsExactly("bob");
    assertThat(to.names()).last().isEqualTo("X-User");
  }

  @ParameterizedTest(name = "{0}: {1} besides {2}")
  @CsvSource({
    "NONE, authorization, Authorization",
    "NONE, IMPERSONATE-Uid, Authorization",
    "NONE, X-Other, X-User",
    "FRONT_PROXY, x-user, X-User",
    "FRONT_PROXY, Authorization, X-User",
    "FRONT_PROXY, Impersonate-Group, X-User",
    "OWN, Impersonate-Extra-a, Impersonate-User",
    "OWN, impersonate-user, Impersonate-User",
    "OWN, X-Other, X-User"
  })
  void answers500IfAnythingElseClaimsAnIdentity(Credential lane, String survivor, String user) {
    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(() -> written(lane, survivor, Map.entry(user, "bob")))
        .satisfies(refusal -> assertThat(refusal.code()).isEqualTo(500));
  }
}
