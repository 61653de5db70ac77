package io.apfproxy.command;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** An admin listener that says what it is told to, once each, and 403 when it was told no more. */
final class ToldListener implements AutoCloseable {
  /** Path, query and credential of each request. */
  final Queue<String> asked = new ConcurrentLinkedQueue<>();

  final Queue<String> answers = new ConcurrentLinkedQueue<>();
  final String url;
  private final HttpServer server;

  ToldListener() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 8);
    server.createContext(
        "/",
        exchange -> {
          asked.add(
              exchange.getRequestURI()
                  + " "
                  + exchange.getRequestHeaders().getFirst("Authorization"));
          String next = answers.poll();
          byte[] body = (next == null ? "no more\n" : next).getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(next == null ? 403 : 200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    url = "http://127.0.0.1:" + server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
