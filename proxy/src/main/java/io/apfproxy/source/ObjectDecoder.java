package io.apfproxy.source;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.apfproxy.config.ConfigObject;
import io.apfproxy.config.FieldError;
import io.apfproxy.config.FieldReader;
import io.apfproxy.config.Kind;
import io.apfproxy.config.Listing;
import io.apfproxy.config.ObjectMeta;
import io.apfproxy.config.SourceObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Reads an object of flow control as it is written, in any version, and validates it. Source:
 * specification apf-config.md 1.2, 1.4 and 1.7.
 */
public final class ObjectDecoder {
  /*
   * Strict for files, where an unknown field is a mistake; lenient for what a server has stored, which may know more fields than
   * we do. Conditions are not read: they are no part of what is decided, and each of our own would look like a change.
   */
  private static final List<String> VERSIONS =
      List.of(
          "flowcontrol.apf-proxy.io/v1",
          "flowcontrol.apiserver.k8s.io/v1",
          "flowcontrol.apiserver.k8s.io/v1beta3",
          "flowcontrol.apiserver.k8s.io/v1beta2",
          "flowcontrol.apiserver.k8s.io/v1beta1");

  /** Must be qualified in the native kinds, need not be in custom resources. */
  private static final String FINALIZERS = "metadata.finalizers";

  private final boolean strict;
  private final boolean custom;
  private final Dialect dialect;
  private final List<FieldError> errors = new ArrayList<>();

  private ObjectDecoder(boolean strict, String version) {
    this.strict = strict;
    this.custom = version.equals(VERSIONS.get(0));
    this.dialect = Dialect.of(version.substring(version.indexOf('/') + 1));
  }

  /**
   * What became of an object.
   *
   * @param object empty if it is of no kind that flow control knows
   * @param notices what was converted, for people
   * @param refusal why it is no object of flow control; empty if it is one
   */
  public record Decoded(Optional<SourceObject> object, List<String> notices, String refusal) {}

  /** Reads what a person wrote: unknown fields are errors. */
  public static Decoded written(JsonNode object, String place) {
    return decode(object, place, true);
  }

  /** Reads what a server has stored: unknown fields are left alone. */
  public static Decoded stored(JsonNode object, String place) {
    return decode(object, place, false);
  }

  private static Decoded decode(JsonNode node, String place, boolean strict) {
    if (!node.isObject()) {
      return refused("found no mapping, expected an object with apiVersion and kind");
    }
    String version = text(node, "apiVersion");
    if (!VERSIONS.contains(version)) {
      return refused(
          "apiVersion: found \"" + version + "\", expected one of " + String.join(", ", VERSIONS));
    }
    return new ObjectDecoder(strict, version).decode(node, place);
  }

  private static String text(JsonNode object, String field) {
    JsonNode value = object.path(field);
    return value.isTextual() ? value.textValue() : "";
  }

  private Decoded decode(JsonNode node, String place) {
    String name = text(node, "kind");
    List<Kind<?>> kinds = custom ? Kind.all() : Kind.natives();
    Optional<Kind<?>> kind = kinds.stream().filter(k -> k.apiName().equals(name)).findFirst();
    if (kind.isEmpty()) {
      return refused(
          "kind: found \""
              + name
              + "\", expected "
              + Listing.of(kinds.stream().map(Kind::apiName).toList(), "or"));
    }
    if (strict) {
      status(node);
    }
    ConfigObject written =
        new JsonFields(node, "", new JsonFields.Reading(dialect, custom, strict, errors))
            .whole(object -> object(kind.get(), object));
    SourceObject decoded = SourceObject.of(dialect.toV1(written), place);
    // What cannot be read comes first: what is wrong with the rest may only follow from it.
    List<FieldError> all = new ArrayList<>(errors);
    decoded.errors().stream()
        .map(error -> new FieldError(error.type(), dialect.path(error.field()), error.detail()))
        .filter(error -> errors.stream().noneMatch(e -> e.field().equals(error.field())))
        .filter(error -> !(custom && error.field().startsWith(FINALIZERS)))
        .forEach(all::add);
    return new Decoded(
        Optional.of(new SourceObject(place, decoded.content(), all)),
        dialect.notice(decoded.key()),
        "");
  }

  private static Decoded refused(String why) {
    return new Decoded(Optional.empty(), List.of(), why);
  }

  private static ConfigObject object(Kind<?> kind, FieldReader object) {
    object.ignore("apiVersion", "kind", "status");
    ObjectMeta metadata =
        Objects.requireNonNullElse(
            object.object("metadata", ObjectDecoder::metadata), ObjectMeta.of("", "", Map.of()));
    ConfigObject read = object.object("spec", spec -> kind.decode(metadata, spec));
    return read == null ? kind.decode(metadata, nothing()) : read;
  }

  private static FieldReader nothing() {
    return new JsonFields(
        JsonNodeFactory.instance.objectNode(),
        "spec",
        new JsonFields.Reading(Dialect.V1, false, false, List.of()));
  }

  private static ObjectMeta metadata(FieldReader metadata) {
    // As at kube-apiserver an object without namespace is put beside all namespaces, whatever
    // stands here: charts write one everywhere.
    metadata.text("namespace");
    ObjectMeta read =
        new ObjectMeta(
            metadata.text("name"),
            metadata.text("generateName"),
            "",
            metadata.text("uid"),
            metadata.longNumber("generation"),
            metadata.map("labels"),
            metadata.map("annotations"),
            metadata.texts("finalizers"),
            metadata.objects("ownerReferences", ObjectDecoder::owner));
    metadata.instant("creationTimestamp");
    metadata.instant("deletionTimestamp");
    metadata.ignore("selfLink", "resourceVersion", "deletionGracePeriodSeconds", "managedFields");
    return read;
  }

  private static ObjectMeta.OwnerReference owner(FieldReader owner) {
    owner.ignore("blockOwnerDeletion");
    return new ObjectMeta.OwnerReference(
        owner.text("apiVersion"),
        owner.text("kind"),
        owner.text("name"),
        owner.text("uid"),
        owner.bool("controller"));
  }

  /**
   * Nobody reads the status, but a field of another name is a mistake. Of custom resources the
   * server drops it before it looks at the types.
   */
  private void status(JsonNode object) {
    List<FieldError> found = new ArrayList<>();
    new JsonFields(object, "", new JsonFields.Reading(dialect, custom, true, found))
        .object(
            "status",
            status ->
                status.objects(
                    "conditions",
                    condition -> {
                      condition.text("type");
                      condition.text("status");
                      condition.text("reason");
                      condition.text("message");
                      condition.instant("lastTransitionTime");
                      if (custom) {
                        condition.ignore("observedGeneration");
                      }
                      return condition;
                    }));
    found.stream()
        .filter(error -> !custom || error.type() == FieldError.Type.FORBIDDEN)
        .forEach(errors::add);
  }
}
