package io.apfproxy.authn.head;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.request.HeaderLines;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("B5")
@Tag("S21")
class SourceAddressesTest {
  private static boolean isTrusted(String address) {
    return address.startsWith("10.");
  }

  private static HeaderLines of(String peer, String realIp, String... chains) {
    SourceAddresses addresses = new SourceAddresses(peer, SourceAddressesTest::isTrusted);
    Arrays.stream(chains).forEach(addresses::addChain);
    if (!realIp.isEmpty()) {
      addresses.addClient(realIp);
    }
    HeaderLines headers = new HeaderLines();
    addresses.writeTo(headers);
    return headers;
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "192.0.2.7|192.0.2.7",
        "10.0.0.2|10.0.0.2",
        "192.0.2.7, 10.0.0.2|192.0.2.7, 10.0.0.2",
        "198.51.100.1, 192.0.2.7, 10.0.0.2|192.0.2.7, 10.0.0.2",
        "10.0.0.9, 192.0.2.7|192.0.2.7",
        "2001:db8::1|2001:db8::1",
        "nonsense, 10.0.0.2|10.0.0.2",
        "192.0.2.7,|",
        "192.0.2.7:5000|",
        "unknown|",
        "[2001:db8::1]|",
        "fe80::1%eth0|",
        "localhost|"
      })
  void believesWhatTrustedProxiesAddedAtTheEnd(String sent, String believed) {
    assertThat(of("10.0.0.1", "", sent).getAll("X-Forwarded-For"))
        .isEqualTo(believed == null ? List.of() : List.of(believed));
  }

  @Test
  void readsSeveralLinesAsOne() {
    HeaderLines headers = of("10.0.0.1", "", "192.0.2.9", "192.0.2.7, 10.0.0.3", "10.0.0.2");
    assertThat(headers.get("X-Forwarded-For")).isEqualTo("192.0.2.7, 10.0.0.3, 10.0.0.2");
  }

  @Test
  void believesNobodyElse() {
    assertThat(of("192.0.2.1", "192.0.2.7", "192.0.2.8")).isEmpty();
  }

  @Test
  void takesTheOneAddressWhereThereIsNoList() {
    HeaderLines headers = of("10.0.0.1", "192.0.2.7");
    assertThat(headers.get("X-Forwarded-For")).isEqualTo("192.0.2.7");
    assertThat(headers.get("X-Real-Ip")).isEqualTo("192.0.2.7");
  }

  /** HAProxy adds to the list, and passes a client's own X-Real-Ip as it came. */
  @Test
  void dropsTheOneAddressThatContradictsTheList() {
    HeaderLines headers = of("10.0.0.1", "198.51.100.1", "192.0.2.7");
    assertThat(headers.get("X-Forwarded-For")).isEqualTo("192.0.2.7");
    assertThat(headers.get("X-Real-Ip")).isNull();
  }

  @Test
  void passesNoMoreThanAFewAddresses() {
    String many = String.join(",", Collections.nCopies(10_000, "10.0.0.2"));
    assertThat(of("10.0.0.1", "", many).get("X-Forwarded-For").split(", ", -1)).hasSize(32);
  }
}
