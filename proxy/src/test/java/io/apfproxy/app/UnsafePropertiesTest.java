package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apfproxy.cli.StartException;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class UnsafePropertiesTest {
  private static Properties with(String name, String value) {
    Properties properties = new Properties();
    properties.setProperty(name, value);
    return properties;
  }

  @Test
  void refusesWhatLetsRequestsBeReadInTwoWays() {
    assertThatThrownBy(
            () -> UnsafeProperties.refuse(with("vertx.disableHttpHeadersValidation", "true")))
        .isInstanceOf(StartException.class)
        .hasMessage(
            "-Dvertx.disableHttpHeadersValidation: found \"true\", expected false or nothing:"
                + " requests could be read in two ways");
    assertThatThrownBy(
            () ->
                UnsafeProperties.refuse(
                    with("io.netty.handler.codec.http.defaultStrictLineParsing", "0")))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("defaultStrictLineParsing: found \"0\", expected true or nothing");
  }

  @Test
  void takesTheirSafeValues() {
    assertThatCode(
            () -> {
              UnsafeProperties.refuse(with("vertx.disableHttpHeadersValidation", "false"));
              UnsafeProperties.refuse(
                  with("io.netty.handler.codec.http.defaultStrictLineParsing", "TRUE"));
              UnsafeProperties.refuse(new Properties());
            })
        .doesNotThrowAnyException();
  }
}
