package io.apfproxy.upstream.wire;

import io.netty.handler.codec.http2.EmptyHttp2Headers;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.impl.HttpClientResponseImpl;
import io.vertx.core.http.impl.HttpClientStream;
import io.vertx.core.http.impl.HttpServerRequestImpl;
import io.vertx.core.http.impl.HttpServerResponseImpl;
import io.vertx.core.http.impl.HttpServerStream;
import io.vertx.core.http.impl.headers.HttpHeaders;
import io.vertx.core.http.impl.headers.HttpRequestHeaders;
import java.lang.reflect.Field;
import org.jspecify.annotations.Nullable;

/**
 * What Vert.x keeps of the heads of two streams of HTTP/2, a client's and the upstream's, for
 * streams that are many and last.
 */
public final class StreamHeads {
  /*
   * Four maps of Netty, 160 bytes each when they are empty, the authority, and a handler for
   * everything that comes before a body. No method lets the maps go, so each gives way to Netty's own
   * empty one, which refuses whatever is added to it. Where Vert.x has other fields, the maps are
   * cleared only.
   */
  private static final @Nullable Field MAP = field(HttpHeaders.class, "headers");
  private static final @Nullable Field AUTHORITY = field(HttpServerRequestImpl.class, "authority");
  private static final @Nullable Field REAL_AUTHORITY =
      field(HttpServerRequestImpl.class, "realAuthority");
  private static final @Nullable Field REQUEST_AUTHORITY =
      field(HttpServerResponseImpl.class, "requestAuthority");
  private static final @Nullable Field OF_RESPONSE = field(HttpServerResponseImpl.class, "stream");
  private static final @Nullable Field OF_ANSWER = field(HttpClientResponseImpl.class, "stream");

  private StreamHeads() {}

  private static @Nullable Field field(Class<?> type, String name) {
    try {
      Field field = type.getDeclaredField(name);
      field.setAccessible(true);
      return field;
    } catch (ReflectiveOperationException | RuntimeException changed) {
      return null;
    }
  }

  /**
   * Drops them, when both heads have been written. On their event loop.
   *
   * @param request as it went to the upstream
   */
  public static void drop(
      HttpServerRequest client, HttpClientRequest request, HttpClientResponse answer) {
    if (client.headers() instanceof HttpRequestHeaders head) {
      head.authority(null);
      set(AUTHORITY, client, null);
      set(REAL_AUTHORITY, client, null);
      set(REQUEST_AUTHORITY, client.response(), null);
    }
    empty(client.headers());
    empty(request.headers());
    empty(answer.headers());
    empty(client.response().headers());
    if (of(OF_ANSWER, answer) instanceof HttpClientStream stream) {
      stream
          .headHandler(null)
          .continueHandler(null)
          .earlyHintsHandler(null)
          .pushHandler(null)
          .priorityChangeHandler(null)
          .customFrameHandler(null);
    }
    if (of(OF_RESPONSE, client.response()) instanceof HttpServerStream stream) {
      stream.headHandler(null);
      if (client.isEnded()) {
        stream.dataHandler(null).trailersHandler(null);
        client.endHandler(null).exceptionHandler(null); // its response has one as well
      }
    }
  }

  private static @Nullable Object of(@Nullable Field field, Object owner) {
    try {
      return field != null && field.getDeclaringClass().isInstance(owner) ? field.get(owner) : null;
    } catch (IllegalAccessException forbidden) {
      return null;
    }
  }

  private static void empty(MultiMap headers) {
    headers.clear();
    if (headers instanceof HttpHeaders) {
      set(MAP, headers, EmptyHttp2Headers.INSTANCE);
    }
  }

  private static void set(@Nullable Field field, Object owner, @Nullable Object value) {
    try {
      if (field != null && field.getDeclaringClass().isInstance(owner)) {
        field.set(owner, value);
      }
    } catch (IllegalAccessException forbidden) {
      // its fields may not be written here, and it keeps what it has
    }
  }
}
