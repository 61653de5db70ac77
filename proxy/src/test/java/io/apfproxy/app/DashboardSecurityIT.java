package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.fixtures.browser.Page;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Names that would like to be markup. What other sites and slow readers may do is in {@code
 * admin.EventStreamsIT}. Specification seeing.md V-66; security.md S78, S81.
 */
@Tag("S78")
class DashboardSecurityIT extends DashboardFixture {
  private static final String IMAGE = "<img src=x onerror=window.harmed=1>";
  private static final String SCRIPT = "</script><script>window.harmed=1</script>";

  @Test
  void namesAreTextWhateverTheySay() throws Exception {
    startNarrow();
    for (String agent : new String[] {IMAGE, SCRIPT}) {
      HttpRequest request =
          HttpRequest.newBuilder(
                  LocalProxy.url(proxy, "/api/v1/namespaces/%3Cimg%20src=x%3E%E2%80%AEx/pods/x"))
              .header("User-Agent", agent)
              .header("Authorization", "Bearer " + upstream.token("alice"))
              .build();
      client().send(request, BodyHandlers.discarding());
    }

    Page page = page("#talkers");
    page.await("document.querySelector('tbody th')");
    show(page, "agent");
    page.awaitText(IMAGE).awaitText(SCRIPT);
    show(page, "namespace");
    page.awaitText("<img src=x>");

    assertThat(page.text()).doesNotContain("\u202e");
    assertThat(page.ask("typeof window.harmed").asText()).isEqualTo("undefined");
    assertThat(page.ask("document.images.length").asInt()).as("the icon").isEqualTo(1);
    assertThat(page.ask("document.scripts.length").asInt()).isEqualTo(1);
    assertThat(page.complaints()).isEmpty();
  }

  private static void show(Page page, String by) {
    page.ask(
        "document.getElementById('choose-by').value = '"
            + by
            + "'; document.getElementById('choose-by').dispatchEvent(new Event('change'))");
  }

  @Test
  void aNameInTheAddressIsTextToo() throws Exception {
    startNarrow();

    Page page = page("#level/%3Cimg%20src%3Dx%20onerror%3Dwindow.harmed%3D1%3E");
    page.awaitText("There is no such level now.").awaitText("<img src=x");

    assertThat(page.ask("typeof window.harmed").asText()).isEqualTo("undefined");
    assertThat(page.ask("document.images.length").asInt()).isEqualTo(1);
  }

  @Test
  void aSlipWouldBeAnException() throws Exception {
    startNarrow();

    Page page = page("");
    page.await("document.querySelector('tbody tr')");

    assertThat(
            page.ask(
                    "(() => { try { document.body.innerHTML = '<b>'; } catch (e) { return e.name; } })()")
                .asText())
        .isEqualTo("TypeError");
    assertThat(page.ask("fetch('http://127.0.0.1:9/').then(() => 'sent', e => e.name)").asText())
        .isEqualTo("TypeError");
  }

  @Test
  @Tag("S81")
  void anExplanationOfAMebibyteIsRefused() throws Exception {
    startNarrow();

    assertThat(
            admin("/debug/api_priority_and_fairness/explain?method=GET&url=/" + "x".repeat(1 << 20))
                .statusCode())
        .isEqualTo(414);
  }
}
