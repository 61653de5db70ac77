package io.apfproxy.request;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressBlockTest {
  @ParameterizedTest
  @CsvSource({
    "127.0.0.0/8,      127.255.0.1,      true",
    "127.0.0.0/8,      128.0.0.1,        false",
    "192.0.2.7,        192.0.2.7,        true",
    "192.0.2.7,        192.0.2.6,        false",
    "192.0.2.0/25,     192.0.2.127,      true",
    "192.0.2.0/25,     192.0.2.128,      false",
    "192.0.2.128/25,   192.0.2.255,      true",
    "192.0.2.128/25,   192.0.2.127,      false",
    "192.0.2.9/24,     192.0.2.1,        true",
    "0.0.0.0/0,        203.0.113.1,      true",
    "0.0.0.0/0,        2001:db8::1,      false",
    "::1,              ::1,              true",
    "::1,              127.0.0.1,        false",
    "2001:db8::/33,    2001:db8:7fff::1, true",
    "2001:db8::/33,    2001:db8:8000::1, false",
    "::ffff:192.0.2.7, 192.0.2.7,        true"
  })
  void comparesAsManyBitsAsWereAskedFor(String block, String address, boolean contained)
      throws UnknownHostException {
    InetAddress asked = InetAddress.getByName(address);
    assertThat(AddressBlock.parse(block).orElseThrow().contains(asked)).isEqualTo(contained);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "",
        "/8",
        "10.0.0.0/",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0/8",
        "::1/129",
        "1::2::3",
        "10.0.0.0/8/8"
      })
  void refusesWhatIsNoAddressWithoutLookingItUp(String text) {
    assertThat(AddressBlock.parse(text)).isEmpty();
  }

  @Test
  void equalsWhatIsWrittenAlike() {
    assertThat(AddressBlock.parse("::1/64")).isEqualTo(AddressBlock.parse("::1/64"));
    assertThat(AddressBlock.parse("::1/64")).isNotEqualTo(AddressBlock.parse("::1"));
    assertThat(AddressBlock.parse("::1/64"))
        .get()
        .hasToString("::1/64")
        .hasSameHashCodeAs("::1/64");
  }
}
