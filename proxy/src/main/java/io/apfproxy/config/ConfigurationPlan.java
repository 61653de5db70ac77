package io.apfproxy.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the objects of all sources amount to: which are to be in force, and why the others are not.
 * Immutable.
 */
public final class ConfigurationPlan {
  /*
   * Layers lie over each other, object by object: of those with one kind and name the last layer's counts. An invalid object
   * stands for its last valid version; without one it is as if it were not there. Below all layers lie the built-in objects: the
   * mandatory ones always, as kube-apiserver would have put them back, and the suggested ones as long as the sources cannot be
   * relied on: one was never read, or all are empty. Without them every request would fall to catch-all, which refuses.
   */
  private final List<Verdict> verdicts;
  private final Map<String, Map<ObjectKey, SourceObject>> lastGood;
  private final SortedMap<ObjectKey, SourceObject> inForce;

  private ConfigurationPlan(
      List<Verdict> verdicts,
      Map<String, Map<ObjectKey, SourceObject>> lastGood,
      SortedMap<ObjectKey, SourceObject> inForce) {
    this.verdicts = List.copyOf(verdicts);
    this.lastGood = lastGood;
    this.inForce = inForce;
  }

  /**
   * What one source holds.
   *
   * @param loaded whether it was ever read; if not, {@code objects} is empty
   */
  public record Layer(String source, boolean loaded, Collection<SourceObject> objects) {
    public Layer {
      objects = List.copyOf(objects);
    }
  }

  /** What becomes of an object. */
  public enum State {
    IN_FORCE,
    /** A later source has one of this kind and name. */
    OVERRIDDEN,
    /** It is invalid; its last valid version is in force. */
    LAST_VALID,
    /** It is invalid, and there is no earlier version. */
    REJECTED
  }

  /**
   * @param object as the source holds it, with all errors
   * @param overriddenBy name of the source whose object counts; empty unless {@code OVERRIDDEN}
   */
  public record Verdict(String source, SourceObject object, State state, String overriddenBy) {}

  /** Nothing but the built-in objects. */
  public static ConfigurationPlan builtIn() {
    return of(List.of(), null);
  }

  /**
   * Plans.
   *
   * @param layers in order, each with a name of its own and at most one object of a kind and name;
   *     later ones lie over earlier ones
   * @param previous knows the last valid versions; null at the start
   */
  public static ConfigurationPlan of(List<Layer> layers, @Nullable ConfigurationPlan previous) {
    Map<String, Map<ObjectKey, SourceObject>> lastGood = new HashMap<>();
    SortedMap<ObjectKey, SourceObject> merged = new TreeMap<>();
    Map<ObjectKey, String> winners = new HashMap<>();
    for (Layer layer : layers) {
      Map<ObjectKey, SourceObject> before =
          previous == null ? Map.of() : previous.lastGood.getOrDefault(layer.source(), Map.of());
      Map<ObjectKey, SourceObject> good = new HashMap<>();
      lastGood.put(layer.source(), good);
      for (SourceObject object : layer.objects()) {
        SourceObject used = object.isValid() ? object.completed() : before.get(object.key());
        if (used != null) {
          good.put(object.key(), used);
          merged.put(object.key(), used);
          winners.put(object.key(), layer.source());
        }
      }
    }
    Map<ObjectKey, FieldError> tooMany =
        Bounds.over(merged, previous == null ? Map.of() : previous.inForce);
    for (ObjectKey key : tooMany.keySet()) {
      lastGood.values().forEach(good -> good.remove(key));
      SourceObject kept = previous == null ? null : previous.inForce.get(key);
      if (kept == null) {
        merged.remove(key);
      } else {
        merged.put(key, kept);
        Objects.requireNonNull(lastGood.get(winners.get(key))).put(key, kept);
      }
    }
    List<Verdict> verdicts = new ArrayList<>();
    for (Layer layer : layers) {
      Map<ObjectKey, SourceObject> good = Objects.requireNonNull(lastGood.get(layer.source()));
      for (SourceObject object : layer.objects()) {
        verdicts.add(verdict(layer.source(), object, good, winners, tooMany));
      }
    }
    boolean reliable =
        merged.keySet().stream().anyMatch(key -> key.kind().isNative())
            && layers.stream().allMatch(Layer::loaded);
    SortedMap<ObjectKey, SourceObject> inForce = new TreeMap<>(BuiltInObjects.under(reliable));
    inForce.putAll(merged);
    return new ConfigurationPlan(verdicts, lastGood, inForce);
  }

  private static Verdict verdict(
      String source,
      SourceObject object,
      Map<ObjectKey, SourceObject> good,
      Map<ObjectKey, String> winners,
      Map<ObjectKey, FieldError> tooMany) {
    FieldError bound = tooMany.get(object.key());
    if (bound != null) {
      State state = good.containsKey(object.key()) ? State.LAST_VALID : State.REJECTED;
      return new Verdict(source, object.with(List.of(bound)), state, "");
    }
    String winner = winners.getOrDefault(object.key(), source);
    if (object.isValid()) {
      return winner.equals(source)
          ? new Verdict(source, object, State.IN_FORCE, "")
          : new Verdict(source, object, State.OVERRIDDEN, winner);
    }
    return new Verdict(
        source, object, good.containsKey(object.key()) ? State.LAST_VALID : State.REJECTED, "");
  }

  /** What becomes of each object of each source. */
  public List<Verdict> verdicts() {
    return verdicts;
  }

  /** The objects of a kind that are to be in force. */
  public <T extends ConfigObject> List<T> inForce(Kind<T> kind) {
    return inForce.entrySet().stream()
        .filter(entry -> entry.getKey().kind().equals(kind))
        .map(entry -> kind.cast(entry.getValue().content()))
        .toList();
  }

  /** Digests what is to be in force, with no configuration before it. */
  public FlowControlConfiguration digest() {
    return FlowControlConfiguration.digest(
            inForce(Kind.FLOW_SCHEMA), inForce(Kind.PRIORITY_LEVEL), null)
        .withRateLimits(inForce(Kind.RATE_LIMIT));
  }

  /** Whether another plan puts the same into force: names, UIDs and effects. */
  public boolean sameAs(ConfigurationPlan other) {
    return Kind.all().stream().allMatch(kind -> sameAs(other, kind));
  }

  /** The same, as far as objects of one kind go. */
  public boolean sameAs(ConfigurationPlan other, Kind<?> kind) {
    Map<ObjectKey, SourceObject> own = ofKind(kind);
    Map<ObjectKey, SourceObject> others = other.ofKind(kind);
    return own.keySet().equals(others.keySet())
        && own.values().stream()
            .allMatch(object -> object.isSameAs(Objects.requireNonNull(others.get(object.key()))));
  }

  private Map<ObjectKey, SourceObject> ofKind(Kind<?> kind) {
    Map<ObjectKey, SourceObject> objects = new HashMap<>(inForce);
    objects.keySet().removeIf(key -> !key.kind().equals(kind));
    return objects;
  }
}
