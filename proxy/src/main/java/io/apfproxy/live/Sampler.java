package io.apfproxy.live;

import io.apfproxy.json.JsonText;
import io.apfproxy.live.Topic.Kind;
import io.apfproxy.queueset.QueueRow;
import io.apfproxy.time.DelayedActions;
import io.apfproxy.time.TimeSource;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Looks at the proxy once a second, and tells those who watch. Thread-safe. */
public final class Sampler implements Feed {
  /*
   * One thread samples and renders, a topic once for all who watch it, and nothing that nobody asks for: a thousand levels are
   * half a megabyte. Nobody waits for it: who asks for the state gets that of the last sample, who subscribes is told at the end of
   * what the thread is at. While somebody asks for the state the thread has it ready; who is the first after a pause renders it for
   * all who come until the next tick. Different topics are bounded, as each costs a rendering a second.
   * Source: specification seeing.md V-06, V-68, V-69.
   */
  private static final int MOST_TOPICS = 64;

  /** Panes of top talkers last two seconds: in between nothing changes. */
  private static final int TOP_TICKS = 2;

  private static final long LONGEST_SECONDS = 5;

  /** Somebody who asks each ten seconds finds the state ready. */
  private static final int ASKED_TICKS = 15;

  private final Observed observed;
  private final DelayedActions thread;
  private final TimeSource time;
  private final LevelSampler levels;
  private final History history = new History();
  private final Set<Watcher> watchers = ConcurrentHashMap.newKeySet();
  private final Map<Topic, String> tops = new HashMap<>();
  private final RefusalTail refusals;
  private final StateText state;

  // Used by the thread only.
  private Sample sample;
  private List<LevelRow> before = List.of();

  /**
   * Samples for the first time.
   *
   * @param thread one action at a time
   */
  public Sampler(Observed observed, DelayedActions thread, TimeSource time) {
    this.observed = observed;
    this.thread = thread;
    this.time = time;
    this.levels = new LevelSampler(observed);
    this.refusals = new RefusalTail(observed);
    this.sample = look(0);
    this.state = new StateText(sample, StateJson::of, ASKED_TICKS);
  }

  private Sample look(long tick) {
    List<LevelRow> rows = levels.next();
    history.add(rows);
    refusals.look();
    return new Sample(
        tick, Instant.ofEpochMilli(time.epochMillis()), rows, observed.head(), observed.sources());
  }

  @Override
  public String state() {
    return state.text();
  }

  /** To be called once a second, on the thread. */
  public void tick() {
    Sample last = sample;
    before = last.rows();
    sample = look(last.tick() + 1);
    state.next(sample);
    if (sample.tick() % TOP_TICKS == 0) {
      tops.clear();
    }
    tell(last);
  }

  private void tell(Sample last) {
    Map<Topic, String> full = new HashMap<>();
    Map<Topic, String> changes = new HashMap<>();
    for (Watcher watcher : watchers) {
      if (watcher.greeted) {
        boolean all = watcher.listener.behind();
        String members =
            all
                ? members(watcher.topics, topic -> full.computeIfAbsent(topic, this::all))
                : members(
                    watcher.topics,
                    topic -> changes.computeIfAbsent(topic, one -> changed(one, last)));
        watcher.listener.told(new Tick(false, all, head() + members));
      }
    }
  }

  private String head() {
    return "\"version\":1,\"tick\":" + sample.tick() + ",\"time\":\"" + sample.time() + "\"";
  }

  private static String members(Set<Topic> topics, Function<Topic, String> rendered) {
    return topics.stream()
        .map(
            topic ->
                ","
                    + JsonText.of(json -> json.writeString(topic.text()))
                    + ":"
                    + rendered.apply(topic))
        .collect(Collectors.joining());
  }

  private String all(Topic topic) {
    return switch (topic.kind()) {
      case LEVELS -> LevelsJson.full(sample.rows());
      case REFUSALS -> refusals.all();
      case SOURCES -> StateJson.sources(sample.sources(), true);
      case UPSTREAM -> StateJson.head(sample);
      case TOP -> tops.computeIfAbsent(topic, this::top);
      case QUEUES -> queues(topic.argument(), false);
    };
  }

  private String changed(Topic topic, Sample last) {
    return switch (topic.kind()) {
      case LEVELS -> LevelsJson.changes(sample.rows(), before);
      case REFUSALS -> refusals.news();
      case SOURCES ->
          StateJson.sources(
              sample.sources(), !objects(sample.sources()).equals(objects(last.sources())));
      case UPSTREAM, TOP, QUEUES -> all(topic);
    };
  }

  private static List<List<Observed.Item>> objects(List<Observed.Source> sources) {
    return sources.stream().map(Observed.Source::objects).toList();
  }

  private String top(Topic topic) {
    return observed.top(topic.top()).map(String::strip).orElse("null");
  }

  @Override
  public Optional<String> queues(String level) {
    CompletableFuture<String> page = new CompletableFuture<>();
    thread.after(0, () -> page.complete("{" + head() + ",\"queues\":" + queues(level, true) + "}"));
    String text = page.orTimeout(LONGEST_SECONDS, TimeUnit.SECONDS).join();
    return text.endsWith(":null}") ? Optional.empty() : Optional.of(text);
  }

  private String queues(String level, boolean withHistory) {
    return sample.rows().stream()
        .filter(row -> row.name().equals(level))
        .findFirst()
        .map(row -> detail(row, withHistory))
        .orElse("null");
  }

  private String detail(LevelRow row, boolean withHistory) {
    List<QueueRow> queues = observed.queues(row.name()).orElse(List.of());
    return LevelDetailJson.of(
        row, queues, observed.users(row.name()), withHistory ? history : null);
  }

  @Override
  public Subscription subscribe(Set<Topic> topics, Listener listener) {
    Watcher watcher = new Watcher(topics, listener);
    synchronized (watchers) {
      Set<Topic> all = new HashSet<>(topics);
      watchers.forEach(other -> all.addAll(other.topics));
      if (all.size() > MOST_TOPICS) {
        throw new IllegalStateException("too many different topics are watched");
      }
      watchers.add(watcher);
    }
    thread.after(0, () -> greet(watcher));
    return () -> watchers.remove(watcher);
  }

  private void greet(Watcher watcher) {
    if (!watchers.contains(watcher)) {
      return;
    }
    watcher.greeted = true;
    String past =
        watcher.topics.stream().anyMatch(topic -> topic.kind() == Kind.LEVELS)
            ? ",\"history\":" + LevelsJson.history(sample.rows(), history)
            : "";
    String all =
        head()
            + ",\"product\":"
            + JsonText.of(json -> json.writeString(sample.head().product()))
            + ",\"instance\":"
            + JsonText.of(json -> json.writeString(sample.head().instance()))
            + past
            + members(
                watcher.topics,
                topic -> topic.kind() == Kind.QUEUES ? queues(topic.argument(), true) : all(topic));
    watcher.listener.told(new Tick(true, true, all));
  }

  /** Somebody who is told. */
  private static final class Watcher {
    private final Set<Topic> topics;
    private final Listener listener;

    /** Used by the thread only. */
    private boolean greeted;

    Watcher(Set<Topic> topics, Listener listener) {
      this.topics = Set.copyOf(topics);
      this.listener = listener;
    }
  }
}
