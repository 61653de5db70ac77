package io.apfproxy.config;

import java.util.List;
import java.util.stream.Stream;

/**
 * One object as a source holds it, with its defaults, and what is wrong with it. Immutable.
 *
 * @param place where it stands, for people, such as {@code levels.yaml:12}
 * @param errors empty if it is valid
 */
public record SourceObject(String place, ConfigObject content, List<FieldError> errors) {
  public SourceObject {
    errors = List.copyOf(errors);
  }

  /** Fills in defaults and validates. */
  public static SourceObject of(ConfigObject written, String place) {
    ConfigObject object = written.kind().withDefaults(written);
    return new SourceObject(place, object, Validation.validate(object));
  }

  public ObjectKey key() {
    return content.key();
  }

  /** As flow control takes it. */
  SourceObject completed() {
    return new SourceObject(place, content.completed(), errors);
  }

  /** The same object with further errors. */
  public SourceObject with(List<FieldError> more) {
    return more.isEmpty()
        ? this
        : new SourceObject(place, content, Stream.concat(errors.stream(), more.stream()).toList());
  }

  public boolean isValid() {
    return errors.isEmpty();
  }

  /**
   * Whether flow control cannot tell them apart: same name, UID and effect, wherever they stand.
   */
  public boolean isSameAs(SourceObject other) {
    return key().equals(other.key())
        && content.uid().equals(other.content.uid())
        && content.effect().equals(other.content.effect());
  }
}
