package io.apfproxy.app;

import io.apfproxy.process.OutOfMemory;
import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What was opened, closed in reverse order; one that fails does not keep the others open. */
final class Closers implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Closers.class);

  private record Closer(String what, AutoCloseable closeable) {}

  private final Deque<Closer> opened = new ArrayDeque<>();

  synchronized <T extends AutoCloseable> T add(String what, T closeable) {
    opened.push(new Closer(what, closeable));
    return closeable;
  }

  @Override
  @SuppressWarnings("try") // an interrupt while closing must not leave the rest open
  public synchronized void close() {
    while (!opened.isEmpty()) {
      Closer closer = opened.pop();
      try {
        closer.closeable().close();
      } catch (Exception e) {
        LOG.warn("could not close {}: {}", closer.what(), e.toString());
      } catch (Error e) {
        OutOfMemory.endIf(e);
        LOG.warn("could not close {}", closer.what(), e);
      }
    }
  }
}
