package io.apfproxy.upstream.wire;

import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.impl.HttpClientResponseImpl;
import io.vertx.core.http.impl.HttpServerResponseImpl;
import io.vertx.core.internal.concurrent.OutboundMessageQueue;
import io.vertx.core.streams.impl.MessagePassingQueue;
import java.lang.reflect.Field;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * The queues in which Vert.x keeps what a stream of HTTP/2 cannot write yet, for streams that are
 * many and write little, or nothing for now.
 */
public final class StreamQueues {
  /*
   * Each stream has one, made with room for 1,024 writes and padded against other threads: 4.7 KB,
   * on both sides of a watch, of which a stream that is written to by its own event loop uses
   * nothing as long as its connection takes what it gets. No option makes it smaller, so an empty
   * one is replaced, on that event loop: whoever uses it reads the field each time. Where Vert.x has
   * other fields, all stays as it is.
   */
  private static final @Nullable StreamQueues FIELDS = find();

  private final Field ofResponse;
  private final Field ofAnswer;
  private final Field outbound;
  private final Field messages;
  private final Field queue;

  private StreamQueues() throws ReflectiveOperationException {
    this.ofResponse = field(HttpServerResponseImpl.class, "stream");
    this.ofAnswer = field(HttpClientResponseImpl.class, "stream");
    this.outbound =
        field(Class.forName("io.vertx.core.http.impl.http2.DefaultHttp2Stream"), "outboundQueue");
    this.messages = field(OutboundMessageQueue.class, "mqp");
    this.queue = field(MessagePassingQueue.class, "queue");
  }

  private static @Nullable StreamQueues find() {
    try {
      return new StreamQueues();
    } catch (ReflectiveOperationException | RuntimeException changed) {
      return null;
    }
  }

  private static Field field(Class<?> type, String name) throws ReflectiveOperationException {
    Field field = type.getDeclaredField(name);
    field.setAccessible(true);
    return field;
  }

  /** Makes that of a response small. On its event loop. */
  public static void shrink(HttpServerResponse response) {
    if (FIELDS != null) {
      FIELDS.shrinkQueue(response, FIELDS.ofResponse);
    }
  }

  /** The same of the upstream's answer to it too. */
  public static void shrink(HttpServerResponse response, HttpClientResponse answer) {
    shrink(response);
    if (FIELDS != null) {
      FIELDS.shrinkQueue(answer, FIELDS.ofAnswer);
    }
  }

  private void shrinkQueue(Object of, Field stream) {
    try {
      Object messagesOfStream = messagesOf(of, stream);
      if (messagesOfStream != null
          && queue.get(messagesOfStream) instanceof Queue<?> full
          && !(full instanceof ConcurrentLinkedQueue)
          && full.isEmpty()) {
        queue.set(messagesOfStream, new ConcurrentLinkedQueue<>());
      }
    } catch (IllegalAccessException forbidden) {
      // its fields may not be written here, and it keeps its queue
    }
  }

  private @Nullable Object messagesOf(Object of, Field stream) throws IllegalAccessException {
    if (!stream.getDeclaringClass().isInstance(of)) {
      return null;
    }
    Object found = stream.get(of);
    return outbound.getDeclaringClass().isInstance(found)
        ? messages.get(outbound.get(found))
        : null;
  }
}
