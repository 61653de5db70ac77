package io.apfproxy.source;

import io.apfproxy.classify.Hazard;
import io.apfproxy.config.ConfigurationPlan;
import io.apfproxy.config.ConfigurationPlan.Layer;
import io.apfproxy.config.ConfigurationPlan.State;
import io.apfproxy.config.ConfigurationPlan.Verdict;
import io.apfproxy.config.FieldError;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.config.Kind;
import io.apfproxy.config.ObjectKey;
import io.apfproxy.flowcontrol.ApfFlowControl;
import io.apfproxy.time.DelayedActions;
import io.apfproxy.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps flow control as its sources say: a source detects a change, all layers are planned anew,
 * the plan is applied, the result goes to the observer. Thread-safe.
 */
public final class Reconfiguration implements AutoCloseable {
  /*
   * One thread plans and applies. Changes that come close together are one: kubectl applies a set of objects one by one. The first
   * comes into force at once, those that follow it together, a second after it, so that continual change costs a digest a second.
   * Whoever waits in a queue is not touched: ApfFlowControl sees to that. A change that fails is tried again after five seconds, and
   * with the next change; all that it does may be done twice. Source: specification security.md S68.
   */
  private static final Logger LOG = LoggerFactory.getLogger(Reconfiguration.class);
  private static final Duration GATHERING = Duration.ofMillis(10);
  private static final Duration BETWEEN = Duration.ofSeconds(1);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(5);
  private static final int MOST_ERRORS_SHOWN = 3;

  /** Is told what each change amounts to; on one thread, and not to block it for long. */
  public interface Observer {
    /** Also called where nothing in force has changed, but what became of an object has. */
    void applied(List<Verdict> verdicts, FlowControlConfiguration inForce);
  }

  private final ApfFlowControl flowControl;
  private final List<FlowSource> sources;
  private final Observer observer;
  private final Runnable onChange;
  private final DelayedActions thread;
  private final TimeSource time;
  private final SourceChanges changes = new SourceChanges();
  private final AtomicBoolean asked = new AtomicBoolean();
  private volatile List<Verdict> verdicts = List.of();

  private volatile long notBefore;
  private volatile boolean loaded;

  // Used by the one thread only.
  private ConfigurationPlan plan = ConfigurationPlan.builtIn();
  private Map<ObjectKey, List<FieldError>> told = Map.of();
  private SortedSet<String> dangling = new TreeSet<>();
  private List<Hazard> hazards = List.of();
  private boolean failed;

  /**
   * @param flowControl has the built-in objects in force
   * @param sources in order, later ones lie over earlier ones; closed with this
   * @param onChange called when something in force has changed
   * @param thread of its own: one action at a time
   */
  public Reconfiguration(
      ApfFlowControl flowControl,
      List<FlowSource> sources,
      Observer observer,
      Runnable onChange,
      DelayedActions thread,
      TimeSource time) {
    this.thread = thread;
    this.time = time;
    this.notBefore = time.nanoTime();
    this.flowControl = flowControl;
    this.sources = List.copyOf(sources);
    this.observer = observer;
    this.onChange = onChange;
  }

  public void start() {
    sources.forEach(source -> source.start(this::changed));
    changed();
  }

  private void changed() {
    if (asked.compareAndSet(false, true)) {
      thread.after(Math.max(GATHERING.toNanos(), notBefore - time.nanoTime()), this::apply);
    }
  }

  private void apply() {
    notBefore = time.nanoTime() + BETWEEN.toNanos();
    asked.set(false); // before the sources are read: what changes from here on asks again
    boolean done = false;
    try {
      follow();
      done = true;
    } finally {
      if (!done) {
        tryAgain();
      }
    }
  }

  /** What was thrown is told by whoever runs the thread; sources need not change again for this. */
  private void tryAgain() {
    if (!failed) {
      failed = true;
      thread.after(
          AFTER_FAILURE.toNanos(),
          () -> {
            failed = false;
            changed();
          });
    }
  }

  private void follow() {
    List<Layer> layers = new ArrayList<>();
    for (FlowSource source : sources) {
      FlowSource.Snapshot snapshot = source.snapshot();
      layers.add(new Layer(source.name(), snapshot.loaded(), snapshot.objects()));
      if (snapshot.loaded()) {
        changes.seen(source.name(), snapshot.objects(), Instant.ofEpochMilli(time.epochMillis()));
      }
    }
    ConfigurationPlan next = ConfigurationPlan.of(layers, plan);
    boolean differs = !next.sameAs(plan);
    boolean allRead = layers.stream().allMatch(Layer::loaded);
    if (!differs && !allRead) {
      notBefore = time.nanoTime(); // what was read too late for this must not wait for it
    }
    FlowControlConfiguration inForce = differs ? apply(next) : flowControl.configuration();
    if (differs) {
      warn(Hazard.of(inForce));
    }
    verdicts = next.verdicts();
    if (differs) {
      onChange.run();
      LOG.info(
          "flow control has changed: {} schemas, {} levels, {} rate limits",
          inForce.schemas().size(),
          inForce.levels().size(),
          inForce.rateLimits().size());
    }
    plan = next; // only now: where the above fails, it differs again
    loaded |= allRead;
    tell(inForce);
    observer.applied(verdicts, inForce);
  }

  /** Limits by themselves are no reason to touch levels and the shares they have of the seats. */
  private FlowControlConfiguration apply(ConfigurationPlan next) {
    if (!Kind.natives().stream().allMatch(kind -> next.sameAs(plan, kind))) {
      flowControl.apply(next.inForce(Kind.FLOW_SCHEMA), next.inForce(Kind.PRIORITY_LEVEL));
    }
    return next.sameAs(plan, Kind.RATE_LIMIT)
        ? flowControl.configuration()
        : flowControl.limit(next.inForce(Kind.RATE_LIMIT));
  }

  /** One line for each object that is newly bad, bad in another way, or good again. */
  private void tell(FlowControlConfiguration inForce) {
    Map<ObjectKey, List<FieldError>> bad = new HashMap<>();
    for (Verdict verdict : verdicts) {
      List<FieldError> errors = verdict.object().errors();
      if (errors.isEmpty()) {
        continue;
      }
      bad.put(verdict.object().key(), errors);
      if (!errors.equals(told.get(verdict.object().key()))) {
        LOG.warn(
            "{} ({}, {}) is invalid, {}: {}",
            verdict.object().key(),
            verdict.source(),
            verdict.object().place(),
            verdict.state() == State.LAST_VALID
                ? "its last valid version stays in force"
                : "it counts as absent",
            summary(errors));
      }
    }
    told.keySet().stream()
        .filter(key -> !bad.containsKey(key))
        .forEach(key -> LOG.info("{} is invalid no longer", key));
    told = bad;
    SortedSet<String> now = inForce.danglingSchemas();
    now.stream()
        .filter(name -> !dangling.contains(name))
        .forEach(name -> LOG.warn("FlowSchema {} has no priority level and matches nothing", name));
    dangling = now;
  }

  /** One line for each that is new. */
  private void warn(List<Hazard> found) {
    found.stream()
        .filter(hazard -> !hazards.contains(hazard))
        .forEach(hazard -> LOG.warn("{}: {}", hazard.object(), hazard.message()));
    hazards = found;
  }

  private static String summary(List<FieldError> errors) {
    String shown =
        errors.stream()
            .limit(MOST_ERRORS_SHOWN)
            .map(FieldError::toString)
            .collect(Collectors.joining("; "));
    int more = errors.size() - MOST_ERRORS_SHOWN;
    return more > 0 ? shown + "; and " + more + " more" : shown;
  }

  /** Whether every source was read at least once, and what they hold is in force. */
  public boolean isLoaded() {
    return loaded;
  }

  /** Names of the sources that are in trouble. */
  List<String> inTrouble() {
    return sources.stream()
        .filter(source -> !source.snapshot().trouble().isEmpty())
        .map(FlowSource::name)
        .toList();
  }

  /** Objects of a source in a state, at the last change. */
  public int count(String source, State state) {
    return (int)
        verdicts.stream().filter(v -> v.source().equals(source) && v.state() == state).count();
  }

  /** What became of each object at the last change. */
  public List<Verdict> verdicts() {
    return verdicts;
  }

  /** When a source held other objects for the last time; empty if it was never read. */
  public Optional<SourceChange> lastChange(String source) {
    return changes.of(source);
  }

  public List<FlowSource> sources() {
    return sources;
  }

  @Override
  public void close() {
    sources.forEach(FlowSource::close);
  }
}
