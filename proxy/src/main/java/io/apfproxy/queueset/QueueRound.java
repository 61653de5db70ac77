package io.apfproxy.queueset;

import org.jspecify.annotations.Nullable;

/**
 * Whose turn it is: the queue whose head has the least virtual finish, and of several the next one
 * in the round after the queue dispatched from last.
 */
final class QueueRound {
  /*
   * The reference walks all queues for it. Here a tournament tree knows the winner, and must be told
   * of every change of a queue's head or virtual start: see rank.
   */
  private final QueueTable queues;
  private final DispatchTree ranking;

  /** Queue dispatched from last; -1 if it was the first one and is gone. */
  private int robinIndex;

  QueueRound(QueueTable queues, DispatchTree ranking) {
    this.queues = queues;
    this.ranking = ranking;
  }

  int robinIndex() {
    return robinIndex;
  }

  /** The queue to dispatch from; null if nothing waits. */
  @Nullable FlowQueue next() {
    int from = robinIndex + 1 < queues.size() ? robinIndex + 1 : 0;
    int winner = ranking.first(from);
    return winner < 0 ? null : queues.peek(winner);
  }

  /** The queue was dispatched from: on a tie it is the last to be so again. */
  void moveTo(FlowQueue queue) {
    robinIndex = queue.index;
  }

  /** Nothing was dispatched: the round was gone through once, and ends where it began. */
  void stay() {
    robinIndex = robinIndex < 0 ? queues.size() - 1 : robinIndex;
  }

  /** To be called after the head or the virtual start of a queue changed. */
  void rank(FlowQueue queue) {
    SeatRequest head = queue.waiting.first();
    if (head == null) {
      ranking.clear(queue.index);
    } else {
      ranking.set(queue.index, queue.nextDispatchR + head.totalWork);
    }
  }

  /** To be called after any number of queues changed. */
  void rankAll() {
    ranking.reset(queues.size());
    queues.forEachMade(
        queue -> {
          if (queue.waiting.size() > 0) {
            rank(queue);
          }
        });
  }

  /** Takes a queue out; those after it move down by one. */
  void remove(FlowQueue queue) {
    queues.remove(queue);
    if (robinIndex >= queue.index) {
      robinIndex--;
    }
    rankAll();
  }
}
