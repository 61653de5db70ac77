package io.apfproxy.tls;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Executor;

/**
 * Lets those whose handshakes have to be computed take turns, so that nobody waits for all that
 * another one asks for. Thread-safe.
 */
final class TasksInTurn {
  private final Executor threads;
  private final Map<String, Queue<Runnable>> waiting = new LinkedHashMap<>();

  /**
   * @param threads that compute; each is asked once for each task
   */
  TasksInTurn(Executor threads) {
    this.threads = threads;
  }

  /** Where one of them has its tasks computed, its own in order. */
  Executor of(String peer) {
    return task -> {
      synchronized (waiting) {
        waiting.computeIfAbsent(peer, first -> new ArrayDeque<>()).add(task);
      }
      threads.execute(() -> next().run());
    };
  }

  private Runnable next() {
    synchronized (waiting) {
      Iterator<Map.Entry<String, Queue<Runnable>>> turns = waiting.entrySet().iterator();
      Map.Entry<String, Queue<Runnable>> turn = turns.next();
      turns.remove();
      Runnable task = turn.getValue().remove();
      if (!turn.getValue().isEmpty()) {
        waiting.put(turn.getKey(), turn.getValue()); // the others come first now
      }
      return task;
    }
  }
}
