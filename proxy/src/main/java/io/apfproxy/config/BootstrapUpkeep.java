package io.apfproxy.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
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

  /** What is led to before what leads there, and the mandatory ones last. */
  private static final List<SourceObject> ORDER =
      BuiltInObjects.all().stream()
          .sorted(
              Comparator.comparing((SourceObject o) -> Bootstrap.isMandatory(o.key().name()))
                  .thenComparing(o -> o.key().kind(), Comparator.reverseOrder()))
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
   * @param stored all objects of the {@linkplain Kind#isNative native} kinds; others are left alone
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
    // in the order of keys: schemas before levels
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
            || annotated.orElse(present.content().metadata().generation() == 1);
    boolean replaces = autoUpdate && !present.content().follows(builtIn.content());
    return replaces || !annotated.equals(Optional.of(autoUpdate))
        ? Optional.of(new Step(Action.UPDATE, present.key(), replaces ? builtIn : null, autoUpdate))
        : Optional.empty();
  }

  /** Whether it says of itself that it is a built-in one, and no longer is. */
  private static boolean isUnwanted(SourceObject object) {
    return object.key().kind().isNative()
        && annotation(object).orElse(false)
        && ORDER.stream().noneMatch(builtIn -> builtIn.key().equals(object.key()));
  }

  private static Optional<Boolean> annotation(SourceObject object) {
    return switch (object.content().metadata().annotations().getOrDefault(AUTO_UPDATE, "")) {
      case "1", "t", "T", "true", "TRUE", "True" -> Optional.of(true);
      case "0", "f", "F", "false", "FALSE", "False" -> Optional.of(false);
      default -> Optional.empty();
    };
  }
}
