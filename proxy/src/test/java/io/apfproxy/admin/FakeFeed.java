package io.apfproxy.admin;

import io.apfproxy.live.Feed;
import io.apfproxy.live.Topic;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Tells what it is told to. */
final class FakeFeed implements Feed {
  final CopyOnWriteArrayList<Consumer<Tick>> listeners = new CopyOnWriteArrayList<>();

  @Override
  public String state() {
    return "{\"version\":1}";
  }

  @Override
  public Optional<String> queues(String level) {
    return level.equals("there") ? Optional.of("{\"queues\":{}}") : Optional.empty();
  }

  @Override
  public Subscription subscribe(Set<Topic> topics, Consumer<Tick> listener) {
    listeners.add(listener);
    listener.accept(new Tick(true, "\"all\":0", "\"all\":0"));
    return () -> listeners.remove(listener);
  }

  /** Tells all. */
  void tick(String full, String changes) {
    listeners.forEach(listener -> listener.accept(new Tick(false, full, changes)));
  }
}
