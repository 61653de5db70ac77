package io.apfproxy.config;

import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * The table of kinds: what is to know of a kind of objects stands in its row. In the order in which
 * objects are listed: what leads somewhere before what it leads to.
 */
public final class Kind<T extends ConfigObject> implements Comparable<Kind<?>> {
  /*
   * Who reads, lays over each other, watches, writes conditions or keeps built-in objects goes through the table and names no kind.
   * A further kind is its class (permitted by ConfigObject) and its row; a kind without built-in objects is none of kube-apiserver's:
   * it is neither read from there nor kept, nor deleted, by bootstrap, and a cluster may do without it.
   */
  public static final Kind<FlowSchema> FLOW_SCHEMA =
      new Kind<>(
          "FlowSchema",
          "flowschemas",
          FlowSchema.class,
          FlowSchemaCodec::read,
          FlowSchemaCodec::write,
          Defaults::apply,
          FlowSchemaValidation::validate,
          List.of(Bound.ofNumber(10_000, "FlowSchemas")),
          Bootstrap::flowSchemas);

  public static final Kind<PriorityLevelConfiguration> PRIORITY_LEVEL =
      new Kind<>(
          "PriorityLevelConfiguration",
          "prioritylevelconfigurations",
          PriorityLevelConfiguration.class,
          PriorityLevelCodec::read,
          PriorityLevelCodec::write,
          Defaults::apply,
          PriorityLevelValidation::validate,
          List.of(
              Bound.ofNumber(1000, "PriorityLevelConfigurations"),
              new Bound<>(
                  1_000_000, "queues in all levels together", PriorityLevelConfiguration::queues)),
          Bootstrap::priorityLevels);

  /** What is left open is filled in as it is read: an empty string is no default here. */
  public static final Kind<RateLimit> RATE_LIMIT =
      new Kind<>(
          "RateLimit",
          "ratelimits",
          RateLimit.class,
          RateLimitCodec::read,
          RateLimitCodec::write,
          UnaryOperator.identity(),
          RateLimitValidation::validate,
          List.of(
              Bound.ofNumber(256, "RateLimits"),
              new Bound<>(
                  RateLimit.MOST_KEYS,
                  "keys (spec.key.max) of all RateLimits together",
                  RateLimit::keys)),
          List::of);

  private static final List<Kind<?>> ALL = List.of(FLOW_SCHEMA, PRIORITY_LEVEL, RATE_LIMIT);

  private final String apiName;
  private final String plural;
  private final Class<T> type;
  private final BiFunction<ObjectMeta, FieldReader, T> decoder;
  private final Function<T, Map<String, Object>> encoder;
  private final UnaryOperator<T> defaults;
  private final BiConsumer<T, FieldErrors> validator;
  private final List<Bound<T>> bounds;
  private final Supplier<List<T>> builtIn;

  /**
   * @param apiName as in {@code kind} of an object
   * @param plural as in the path of a request
   * @param decoder makes an object of its metadata and the fields of its {@code spec}, as {@code
   *     v1} has them
   * @param encoder writes the {@code spec} back
   * @param defaults fills in what is left open
   * @param validator adds what is wrong with the {@code spec}
   * @param bounds asked in order; an object is over the first that it would pass
   * @param builtIn the objects every kube-apiserver has, which bootstrap keeps; none if it has not
   *     this kind
   */
  private Kind(
      String apiName,
      String plural,
      Class<T> type,
      BiFunction<ObjectMeta, FieldReader, T> decoder,
      Function<T, Map<String, Object>> encoder,
      UnaryOperator<T> defaults,
      BiConsumer<T, FieldErrors> validator,
      List<Bound<T>> bounds,
      Supplier<List<T>> builtIn) {
    this.apiName = apiName;
    this.plural = plural;
    this.type = type;
    this.decoder = decoder;
    this.encoder = encoder;
    this.defaults = defaults;
    this.validator = validator;
    this.bounds = bounds;
    this.builtIn = builtIn;
  }

  /** The whole table. */
  public static List<Kind<?>> all() {
    return ALL;
  }

  /** The kinds that kube-apiserver has, too. */
  public static List<Kind<?>> natives() {
    return ALL.stream().filter(Kind::isNative).toList();
  }

  /** As in {@code kind} of an object. */
  public String apiName() {
    return apiName;
  }

  /** As in the path of a request. */
  public String plural() {
    return plural;
  }

  /** Whether kube-apiserver has it, too, and with it objects that bootstrap keeps. */
  public boolean isNative() {
    return !builtIn().isEmpty();
  }

  /**
   * An object that is known to be of this kind.
   *
   * @throws ClassCastException if it is of another one
   */
  public T cast(ConfigObject object) {
    return type.cast(object);
  }

  /** Reads an object; {@link #withDefaults} fills in what is open then. */
  public T decode(ObjectMeta metadata, FieldReader spec) {
    return decoder.apply(metadata, spec);
  }

  /**
   * Writes a {@code spec} of this kind in version {@code v1}, as maps, lists, strings and numbers.
   * What is unset is left out.
   */
  public Map<String, Object> encode(ConfigObject object) {
    return encoder.apply(cast(object));
  }

  T withDefaults(ConfigObject written) {
    return defaults.apply(cast(written));
  }

  void validateSpec(ConfigObject object, FieldErrors errors) {
    validator.accept(cast(object), errors);
  }

  List<Bound<T>> bounds() {
    return bounds;
  }

  List<T> builtIn() {
    return builtIn.get();
  }

  @Override
  public int compareTo(Kind<?> other) {
    return Integer.compare(ALL.indexOf(this), ALL.indexOf(other));
  }

  @Override
  public String toString() {
    return apiName;
  }
}
