package io.apfproxy.admin;

import io.apfproxy.live.Feed;
import io.apfproxy.live.Topic;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/** Tells what it is told to. */
final class FakeFeed implements Feed {
  final CopyOnWriteArrayList<Listener> listeners = new CopyOnWriteArrayList<>();

  @Override
  public String state() {
    return "{\"version\":1}";
  }

  @Override
  public Optional<String> queues(String level) {
    return level.equals("there") ? Optional.of("{\"queues\":{}}") : Optional.empty();
  }

  @Override
  public Subscription subscribe(Set<Topic> topics, Listener listener) {
    listeners.add(listener);
    listener.told(new Tick(true, true, "\"all\":0"));
    return () -> listeners.remove(listener);
  }

  /** Tells everybody what has changed, or everything to those who are behind. */
  void tick(String full, String changes) {
    for (Listener listener : listeners) {
      boolean all = listener.behind();
      listener.told(new Tick(false, all, all ? full : changes));
    }
  }
}
