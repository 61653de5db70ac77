package io.apfproxy.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.apfproxy.fixtures.pki.TestAuthority;
import io.apfproxy.fixtures.pki.TestCertificate;
import io.apfproxy.report.Account;
import io.apfproxy.report.LoggedTarget;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.request.RequestInfo;
import io.apfproxy.request.RequestInfoParser;
import io.apfproxy.request.RequestTarget;
import io.apfproxy.request.UserInfo;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("S82")
@DisplayName("The log of the break-glass listener (L-84)")
class BreakGlassLogTest {
  private static final TestCertificate ANN = TestAuthority.named("admins").leaf("ann").issue();

  @RegisterExtension final HeardLog heard = new HeardLog("io.apfproxy.breakglass");

  private final BreakGlassLog log = new BreakGlassLog();

  private static Account account(String target) {
    Account account = new Account(1_000_000, "id-1", "192.0.2.1", "POST", target, "kubectl/v1.37");
    account.presented(ANN.certificate());
    return account;
  }

  private List<String> lines() {
    return heard.events().stream().map(event -> event.getFormattedMessage()).toList();
  }

  @Test
  void tellsWhoAsksWhatWhenItBeginsAndHowItEnded() throws RefusedException {
    RequestTarget target = RequestTarget.parse("/api/v1/namespaces/n/pods/p/exec?command=secret");
    RequestInfo info = RequestInfoParser.parse("POST", target);
    UserInfo ann = UserInfo.of("ann", "on-call");
    Account account = account("/api/v1/namespaces/n/pods/p/exec?command=secret");
    account.understood(info);
    account.identified(ann, "IMPERSONATION", new RequestDigest(info, ann, target.query()), 2);
    log.identified(account);
    account.answered(101, 3);
    account.ended(43_000_000);
    log.ended(account);

    assertThat(lines())
        .containsExactly(
            "begins {\"auditId\":\"id-1\",\"user\":\"ann\",\"groups\":[\"on-call\"],"
                + "\"address\":\"192.0.2.1\",\"certificate\":\""
                + ANN.certificate().getSerialNumber().toString(16)
                + "\",\"verb\":\"create\",\"path\":\"/api/v1/namespaces/n/pods/p/exec?…=…\"}",
            "ends {\"auditId\":\"id-1\",\"code\":101,\"end\":\"FORWARDED\",\"milliseconds\":42}");
    assertThat(heard.events()).allMatch(event -> event.getLevel() == Level.WARN);
  }

  @Test
  void tellsAllOfOneThatWasRefusedBeforeItWasKnownWhoAsks() {
    Account account = account("/api/v1/pods");
    account.refused(new RefusedException(403, "Forbidden", "certificate-group", "no group"));
    account.answered(403, 2);
    account.ended(1_000_000);
    log.ended(account);

    assertThat(lines())
        .singleElement()
        .asString()
        .startsWith("ends {\"auditId\":\"id-1\",\"address\":\"192.0.2.1\"")
        .contains("\"path\":\"/api/v1/pods\"", "\"code\":403", "\"rule\":\"certificate-group\"");
  }

  @ParameterizedTest
  @CsvSource({
    "/api, /api",
    "/api?limit=5&watch=true, /api?limit=5&watch=true",
    "/api?continue=abc&limit=5, /api?continue=…&limit=5",
    "/exec?command=sh&command=-c&stdin, /exec?…=…&…=…&…=…",
    "/a?limitless=1, /a?…=…",
  })
  void showsOnlyParametersThatHoldNoSecrets(String target, String shown) {
    assertThat(LoggedTarget.of(target)).isEqualTo(shown);
  }

  @Test
  void cutsWhatIsLong() {
    assertThat(LoggedTarget.of("/" + "a".repeat(100_000))).hasSizeLessThan(2_000).endsWith("…");
    assertThat(LoggedTarget.of("/?" + "limit=5&".repeat(100_000))).hasSizeLessThan(2_000);
  }
}
