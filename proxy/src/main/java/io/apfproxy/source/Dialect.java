package io.apfproxy.source;

import io.apfproxy.config.ConfigObject;
import io.apfproxy.config.Kind;
import io.apfproxy.config.ObjectKey;
import io.apfproxy.config.ObjectMeta;
import io.apfproxy.config.PriorityLevelConfiguration;
import io.apfproxy.config.PriorityLevelConfiguration.Limited;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How one version of the API writes what {@code v1} says. */
enum Dialect {
  V1BETA1("assuredConcurrencyShares"),
  V1BETA2("assuredConcurrencyShares"),
  V1BETA3("nominalConcurrencyShares"),
  V1("nominalConcurrencyShares");

  private static final String LIMITED = "spec.limited";
  private static final String PRESERVE_ZERO_SHARES =
      "flowcontrol.k8s.io/v1beta3-preserve-zero-concurrency-shares";

  private final String sharesField;

  Dialect(String sharesField) {
    this.sharesField = sharesField;
  }

  /**
   * @param version such as {@code v1beta3}
   */
  static Dialect of(String version) {
    for (Dialect dialect : values()) {
      if (dialect.version().equals(version)) {
        return dialect;
      }
    }
    throw new IllegalArgumentException("no version " + version);
  }

  private String version() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }

  /**
   * What this version calls a field of {@code v1}.
   *
   * @param path of the mapping it is in
   */
  String field(String path, String field) {
    return path.equals(LIMITED) && field.equals(V1.sharesField) ? sharesField : field;
  }

  /** Path, as this version writes it, of a field of {@code v1}. */
  String path(String field) {
    return field.equals(LIMITED + "." + V1.sharesField) ? LIMITED + "." + sharesField : field;
  }

  /** The object as {@code v1} has it. */
  ConfigObject toV1(ConfigObject object) {
    return this != V1 && object instanceof PriorityLevelConfiguration level ? toV1(level) : object;
  }

  /**
   * Before {@code v1}, zero shares meant the default, unless {@code v1beta3} said otherwise by an
   * annotation, which is no part of {@code v1}.
   */
  private PriorityLevelConfiguration toV1(PriorityLevelConfiguration level) {
    Map<String, String> annotations = new HashMap<>(level.metadata().annotations());
    boolean preserve = this == V1BETA3 && annotations.remove(PRESERVE_ZERO_SHARES) != null;
    ObjectMeta old = level.metadata();
    PriorityLevelConfiguration.Spec spec = level.spec();
    Limited limited = spec.limited();
    Integer shares = limited == null ? null : limited.nominalShares();
    if (limited != null && shares == null && preserve) {
      shares = 0;
    } else if (shares != null && shares == 0 && !preserve) {
      shares = null;
    }
    return new PriorityLevelConfiguration(
        new ObjectMeta(
            old.name(),
            old.generateName(),
            old.namespace(),
            old.uid(),
            old.generation(),
            old.labels(),
            annotations,
            old.finalizers(),
            old.ownerReferences()),
        new PriorityLevelConfiguration.Spec(
            spec.type(),
            limited == null
                ? null
                : new Limited(
                    shares,
                    limited.lendablePercent(),
                    limited.borrowingLimitPercent(),
                    limited.limitResponse()),
            spec.exempt()),
        level.conditionTypes());
  }

  /** What to tell the author of an object; nothing if it is up to date. */
  List<String> notice(ObjectKey key) {
    if (this == V1) {
      return List.of();
    }
    String renamed =
        key.kind().equals(Kind.PRIORITY_LEVEL) && !sharesField.equals(V1.sharesField)
            ? ", where " + sharesField + " is " + V1.sharesField
            : "";
    return List.of(key + " is written in " + version() + " and was converted to v1" + renamed);
  }
}
