package io.apfproxy.config;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one mapping, as somebody wrote them. Null and absent are the same. What has another
 * type than asked for is an error, which the reader keeps, and reads as absent. Not thread-safe.
 */
public interface FieldReader {
  /** Empty if absent. */
  String text(String field);

  /**
   * @param otherwise what it is if absent; what is there and empty stays empty
   */
  String text(String field, String otherwise);

  /** A 32 bit number; null if absent. */
  @Nullable Integer integer(String field);

  /** 0 if absent. */
  int number(String field);

  /** 0 if absent. */
  long longNumber(String field);

  /** False if absent. */
  boolean bool(String field);

  List<String> texts(String field);

  Map<String, String> map(String field);

  /** Checks that it is an instant as RFC 3339 writes it, or absent. */
  void instant(String field);

  /** Whether it is of our own group, whose kinds have fields that kube-apiserver's have not. */
  boolean isOurs();

  /** Takes note that fields may be there, whatever they hold. */
  void ignore(String... fields);

  /**
   * @return what {@code read} makes of the mapping in the field; null if absent
   */
  <T> @Nullable T object(String field, Function<FieldReader, T> read);

  <T> List<T> objects(String field, Function<FieldReader, T> read);
}
