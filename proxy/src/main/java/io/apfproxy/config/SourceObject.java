package io.apfproxy.config;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One object as a source holds it, with its defaults, and what is wrong with it. Immutable.
 *
 * @param place where it stands, for people, such as {@code levels.yaml:12}
 * @param schema null for a priority level, and for an object that could not be read
 * @param level null for a schema, and for an object that could not be read
 * @param errors empty if it is valid
 */
public record SourceObject(
    ObjectKey key,
    String place,
    @Nullable FlowSchema schema,
    @Nullable PriorityLevelConfiguration level,
    List<FieldError> errors) {
  public SourceObject {
    errors = List.copyOf(errors);
  }

  /** Fills in defaults and validates. */
  public static SourceObject of(FlowSchema written, String place) {
    FlowSchema schema = Defaults.apply(written);
    return new SourceObject(
        new ObjectKey(ObjectKey.Kind.FLOW_SCHEMA, schema.name()),
        place,
        schema,
        null,
        Validation.validate(schema));
  }

  /** Fills in defaults and validates. */
  public static SourceObject of(PriorityLevelConfiguration written, String place) {
    PriorityLevelConfiguration level = Defaults.apply(written);
    return new SourceObject(
        new ObjectKey(ObjectKey.Kind.PRIORITY_LEVEL, level.name()),
        place,
        null,
        level,
        Validation.validate(level));
  }

  /**
   * As flow control takes it. The exempt level may leave {@code spec.exempt} out, but then
   * kube-apiserver's consumer ignores it until its producer has put the built-in one back; that end
   * is reached here at once.
   */
  SourceObject completed() {
    return level != null && level.isExempt() && level.spec().exempt() == null
        ? new SourceObject(
            key,
            place,
            null,
            new PriorityLevelConfiguration(
                level.metadata(), Bootstrap.exemptLevel().spec(), level.conditionTypes()),
            errors)
        : this;
  }

  /**
   * Its metadata.
   *
   * @throws IllegalStateException if it could not be read
   */
  public ObjectMeta metadata() {
    if (schema != null) {
      return schema.metadata();
    }
    if (level != null) {
      return level.metadata();
    }
    throw new IllegalStateException(key + " could not be read");
  }

  /** The same object with further errors. */
  public SourceObject with(List<FieldError> more) {
    return more.isEmpty()
        ? this
        : new SourceObject(
            key, place, schema, level, Stream.concat(errors.stream(), more.stream()).toList());
  }

  public boolean isValid() {
    return errors.isEmpty();
  }

  /** Whether flow control cannot tell them apart: same name, UID and spec, wherever they stand. */
  public boolean isSameAs(SourceObject other) {
    if (schema != null && other.schema != null) {
      return schema.name().equals(other.schema.name())
          && schema.uid().equals(other.schema.uid())
          && schema.spec().equals(other.schema.spec());
    }
    return level != null
        && other.level != null
        && level.name().equals(other.level.name())
        && level.uid().equals(other.level.uid())
        && level.spec().equals(other.level.spec());
  }
}
