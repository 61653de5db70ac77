package io.apfproxy.admin;

import io.apfproxy.admin.Route.Audience;
import io.apfproxy.admin.Route.Permit;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/** The files of the dashboard; there is no data in them. */
final class StaticFiles {
  /*
   * Each by its exact name: no path is ever looked up, so none can lead out of the folder. They are
   * in memory, some 70 KB.
   */
  private static final String FOLDER = "/ui/";
  private static final String INDEX = "index.html";
  private static final List<String> NAMES =
      List.of(
          INDEX,
          "style.css",
          "icon.svg",
          "app.js",
          "stream.js",
          "dom.js",
          "plot.js",
          "head.js",
          "levels.js",
          "queues.js",
          "talkers.js",
          "refusals.js",
          "sources.js",
          "explain.js",
          "states.js");

  private StaticFiles() {}

  static List<Route> routes() {
    List<Route> routes = new ArrayList<>();
    for (String name : NAMES) {
      Future<AdminReply> file = Future.succeededFuture(read(name));
      routes.add(route(FOLDER + name, file));
      if (name.equals(INDEX)) {
        routes.add(route(FOLDER, file));
      }
    }
    return routes;
  }

  private static Route route(String path, Future<AdminReply> file) {
    return new Route(path, Audience.BROWSERS, Permit.NONE, asked -> file);
  }

  private static AdminReply read(String name) {
    try (InputStream file =
        Objects.requireNonNull(StaticFiles.class.getResourceAsStream("ui/" + name), name)) {
      byte[] bytes = file.readAllBytes();
      return new AdminReply(200, type(name), Buffer.buffer(bytes), etag(bytes), null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String etag(byte[] bytes) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
      return '"' + HexFormat.of().formatHex(digest) + '"';
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java platform has it
    }
  }

  private static String type(String name) {
    return switch (name.substring(name.lastIndexOf('.'))) {
      case ".html" -> "text/html; charset=utf-8";
      case ".css" -> "text/css; charset=utf-8";
      case ".svg" -> "image/svg+xml";
      default -> "text/javascript; charset=utf-8";
    };
  }
}
