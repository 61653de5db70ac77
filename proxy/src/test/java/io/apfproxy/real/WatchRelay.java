package io.apfproxy.real;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A TCP relay to kube-apiserver that can cut or freeze the proxy's watches and nothing else: they
 * are the only connections that do not offer HTTP/2 in their TLS greeting.
 */
final class WatchRelay implements AutoCloseable {
  private final ServerSocket listener;
  private final int port;
  private final List<Connection> connections = new CopyOnWriteArrayList<>();

  WatchRelay(int serverPort) {
    try {
      listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    port = serverPort;
    daemon(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  /** Closes the watches. Returns how many. */
  int cutWatches() {
    List<Connection> watches = connections.stream().filter(c -> c.watch && !c.closed).toList();
    watches.forEach(Connection::close);
    return watches.size();
  }

  /** Lets the watches live, but brings no further byte. Returns how many. */
  int freezeWatches() {
    List<Connection> watches = connections.stream().filter(c -> c.watch && !c.closed).toList();
    watches.forEach(connection -> connection.frozen = true);
    return watches.size();
  }

  private void accept() {
    try {
      while (true) {
        Connection connection = new Connection(listener.accept());
        connections.add(connection);
        daemon(connection::begin);
      }
    } catch (IOException e) {
      // closed
    }
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "watch-relay");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    connections.forEach(Connection::close);
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private final class Connection {
    private final Socket client;
    private final Socket server = new Socket();
    private volatile boolean watch;
    private volatile boolean frozen;
    private volatile boolean closed;

    Connection(Socket client) {
      this.client = client;
    }

    void begin() {
      try {
        byte[] greeting = new byte[16 * 1024];
        int length = client.getInputStream().read(greeting);
        if (length < 0) {
          close();
          return;
        }
        watch = !new String(greeting, 0, length, StandardCharsets.ISO_8859_1).contains("\u0002h2");
        server.connect(
            new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), port), 5000);
        server.getOutputStream().write(greeting, 0, length);
        daemon(() -> copy(server, client));
        copy(client, server);
      } catch (IOException e) {
        close();
      }
    }

    private void copy(Socket from, Socket to) {
      byte[] buffer = new byte[16 * 1024];
      try {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          if (!frozen) {
            out.write(buffer, 0, n);
          }
        }
      } catch (IOException e) {
        // the other end is told below
      }
      close();
    }

    void close() {
      closed = true;
      try {
        client.close();
        server.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
