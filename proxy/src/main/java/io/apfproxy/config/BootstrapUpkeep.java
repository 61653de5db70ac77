package io.apfproxy.config;

import io.apfproxy.config.ObjectKey.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What it takes to keep the built-in objects stored in a cluster: missing ones are created, and
 * their specs are put back where nobody has taken them over. Source: reference,
 * pkg/registry/flowcontrol/ensurer/strategy.go; specification apf-config.md 3.3.
 */
public final class BootstrapUpkeep {
  /**
   * Annotation that says whether the spec follows the built-in one; values as of Go's ParseBool.
   */
  public static final String AUTO_UPDATE = "apf.kubernetes.io/autoupdate-spec";

  /** Levels before the schemas that need them, and the mandatory ones last. */
  private static final List<SourceObject> ORDER =
      BuiltInObjects.all().stream()
          .sorted(
              Comparator.comparing((SourceObject o) -> Bootstrap.isMandatory(o.key().name()))
                  .thenComparing(o -> o.key().kind() == Kind.FLOW_SCHEMA))
          .toList();

  private BootstrapUpkeep() {}

  /** What to do with an object. */
  public enum Action {
    CREATE,
    UPDATE,
    DELETE
  }

  /**
   * One thing to do.
   *
   * @param spec holds the spec to write; null if the stored one stays, and to delete
   * @param autoUpdate the value to write of {@link #AUTO_UPDATE}
   */
  public record Step(
      Action action, ObjectKey key, @Nullable SourceObject spec, boolean autoUpdate) {}

  /**
   * What is to be done, in order; nothing if all is as it should be.
   *
   * @param stored all objects of both kinds
   */
  public static List<Step> steps(Map<ObjectKey, SourceObject> stored) {
    List<Step> steps = new ArrayList<>();
    for (SourceObject builtIn : ORDER) {
      SourceObject present = stored.get(builtIn.key());
      if (present == null) {
        steps.add(new Step(Action.CREATE, builtIn.key(), builtIn, true));
      } else {
        revision(builtIn, present).ifPresent(steps::add);
      }
    }
    // schemas come before levels in the order of keys
    new TreeMap<>(stored)
        .forEach(
            (key, object) -> {
              if (isUnwanted(object)) {
                steps.add(new Step(Action.DELETE, key, null, true));
              }
            });
    return steps;
  }

  private static Optional<Step> revision(SourceObject builtIn, SourceObject present) {
    Optional<Boolean> annotated = annotation(present);
    boolean autoUpdate =
        Bootstrap.isMandatory(present.key().name())
            || annotated.orElse(present.metadata().generation() == 1);
    boolean replaces = autoUpdate && !sameSpec(builtIn, present);
    return replaces || !annotated.equals(Optional.of(autoUpdate))
        ? Optional.of(new Step(Action.UPDATE, present.key(), replaces ? builtIn : null, autoUpdate))
        : Optional.empty();
  }

  /** Whether it says of itself that it is a built-in one, and no longer is. */
  private static boolean isUnwanted(SourceObject object) {
    return annotation(object).orElse(false)
        && ORDER.stream().noneMatch(builtIn -> builtIn.key().equals(object.key()));
  }

  private static boolean sameSpec(SourceObject builtIn, SourceObject present) {
    PriorityLevelConfiguration level = builtIn.level();
    if (level == null) {
      return Objects.requireNonNull(builtIn.schema())
          .spec()
          .equals(Objects.requireNonNull(present.schema()).spec());
    }
    PriorityLevelConfiguration.Spec wanted = level.spec();
    PriorityLevelConfiguration.Spec is = Objects.requireNonNull(present.level()).spec();
    if (level.name().equals(Bootstrap.EXEMPT) && is.exempt() != null) {
      // what the level without limits lends is the operator's to say
      wanted = new PriorityLevelConfiguration.Spec(wanted.type(), wanted.limited(), is.exempt());
    }
    return wanted.equals(is);
  }

  private static Optional<Boolean> annotation(SourceObject object) {
    return switch (object.metadata().annotations().getOrDefault(AUTO_UPDATE, "")) {
      case "1", "t", "T", "true", "TRUE", "True" -> Optional.of(true);
      case "0", "f", "F", "false", "FALSE", "False" -> Optional.of(false);
      default -> Optional.empty();
    };
  }
}
