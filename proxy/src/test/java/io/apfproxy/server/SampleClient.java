package io.apfproxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.fixtures.attack.FrameConnection;
import io.apfproxy.fixtures.attack.TlsClient;
import io.apfproxy.fixtures.raw.HeaderBlock;
import io.apfproxy.fixtures.raw.Http2Frame;
import io.apfproxy.fixtures.raw.RawClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Sends one {@link SampleExchange} as bytes or frames, and reads what comes back. */
final class SampleClient {
  private SampleClient() {}

  /** How the response looks: interim heads first, then its head, then the framed body. */
  static List<SampleMessage> exchange(boolean http2, int port, SampleExchange exchange) {
    return http2 ? byFrames(port, exchange) : byBytes(port, exchange);
  }

  private static List<SampleMessage> byBytes(int port, SampleExchange exchange) {
    List<SampleMessage> messages = new ArrayList<>();
    try (RawClient client = new RawClient(port)) {
      client.send(exchange.head() + (exchange.awaitsTheBodysTurn() ? "" : exchange.body()));
      while (true) {
        String head = client.readHead();
        Map<String, List<String>> headers = new TreeMap<>();
        head.lines()
            .skip(1)
            .filter(line -> !line.isEmpty())
            .forEach(
                line ->
                    SampleMessage.add(
                        headers,
                        line.substring(0, line.indexOf(':')).toLowerCase(Locale.ROOT),
                        line.substring(line.indexOf(':') + 1).strip()));
        String first = head.lines().findFirst().orElse("");
        boolean interim = first.startsWith("HTTP/1.1 1");
        if (interim && exchange.awaitsTheBodysTurn()) {
          client.send(exchange.body());
        }
        messages.add(
            new SampleMessage(
                first, headers, interim ? "" : rest(client, exchange, first, headers)));
        if (!interim) {
          return messages;
        }
      }
    }
  }

  private static List<SampleMessage> byFrames(int port, SampleExchange exchange) {
    List<SampleMessage> messages = new ArrayList<>();
    byte[] body = exchange.content();
    TlsClient client = new TlsClient(port).protocols("h2");
    try (FrameConnection connection = FrameConnection.open(client, Map.of())) {
      connection.headers(1, body.length == 0, exchange.fields());
      boolean open = body.length > 0;
      if (open && !exchange.awaitsTheBodysTurn()) {
        connection.data(1, true, body);
      }
      while (true) {
        SampleMessage head = head(connection.await(Http2Frame.HEADERS), connection);
        if (!head.first().startsWith("1")) {
          boolean ended = head.rest().equals("END") || exchange == SampleExchange.PAUSES;
          String rest = ended ? "" : rest(connection);
          messages.add(new SampleMessage(head.first(), head.headers(), rest));
          return messages;
        }
        messages.add(head);
        if (exchange.awaitsTheBodysTurn()) {
          connection.data(1, true, body);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static SampleMessage head(Http2Frame frame, FrameConnection connection)
      throws IOException {
    assertThat(frame).as("a head").isNotNull();
    Map<String, List<String>> headers = new TreeMap<>();
    for (HeaderBlock.Field field : connection.fields(frame)) {
      SampleMessage.add(headers, field.name(), field.value());
    }
    String status = headers.getOrDefault(":status", List.of("none")).get(0);
    headers.remove(":status");
    return new SampleMessage(status, headers, frame.has(Http2Frame.END_STREAM) ? "END" : "");
  }

  private static String rest(FrameConnection connection) throws IOException {
    StringBuilder rest = new StringBuilder();
    while (true) {
      Http2Frame frame = connection.read();
      assertThat(frame).as("the end of the stream").isNotNull();
      if (frame.type() == Http2Frame.DATA) {
        rest.append(new String(frame.content(), StandardCharsets.ISO_8859_1));
      } else if (frame.type() == Http2Frame.HEADERS) {
        rest.append('|').append(head(frame, connection).headers());
      } else {
        assertThat(frame.type()).as("no reset").isNotEqualTo(Http2Frame.RST_STREAM);
        connection.acknowledge(frame);
      }
      if (frame.stream() == 1 && frame.has(Http2Frame.END_STREAM)) {
        return rest.toString();
      }
    }
  }

  private static String rest(
      RawClient client, SampleExchange exchange, String first, Map<String, List<String>> headers) {
    if (exchange == SampleExchange.HEAD || first.contains(" 204") || first.contains(" 304")) {
      return "";
    }
    if (headers.containsKey("content-length")) {
      return new String(
          client.read(Integer.parseInt(headers.get("content-length").get(0))),
          StandardCharsets.ISO_8859_1);
    }
    if (exchange == SampleExchange.PAUSES) {
      return "";
    }
    StringBuilder body = new StringBuilder();
    while (true) {
      String size = line(client);
      if (size.equals("0")) {
        String trailers = "";
        for (String line = line(client); !line.isEmpty(); line = line(client)) {
          trailers += "|" + line.toLowerCase(Locale.ROOT);
        }
        return body + trailers;
      }
      body.append(new String(client.read(Integer.parseInt(size, 16)), StandardCharsets.ISO_8859_1));
      line(client);
    }
  }

  private static String line(RawClient client) {
    StringBuilder line = new StringBuilder();
    while (line.indexOf("\r\n") < 0) {
      line.append((char) client.read(1)[0]);
    }
    return line.substring(0, line.length() - 2);
  }
}
