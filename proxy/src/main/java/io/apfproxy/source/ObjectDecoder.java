package io.apfproxy.source;

import com.fasterxml.jackson.databind.JsonNode;
import io.apfproxy.config.FieldError;
import io.apfproxy.config.FlowSchema;
import io.apfproxy.config.FlowSchema.NonResourceRule;
import io.apfproxy.config.FlowSchema.ResourceRule;
import io.apfproxy.config.FlowSchema.Rule;
import io.apfproxy.config.FlowSchema.ServiceAccount;
import io.apfproxy.config.FlowSchema.Subject;
import io.apfproxy.config.ObjectKey;
import io.apfproxy.config.ObjectMeta;
import io.apfproxy.config.PriorityLevelConfiguration;
import io.apfproxy.config.PriorityLevelConfiguration.Exempt;
import io.apfproxy.config.PriorityLevelConfiguration.LimitResponse;
import io.apfproxy.config.PriorityLevelConfiguration.Limited;
import io.apfproxy.config.PriorityLevelConfiguration.Queuing;
import io.apfproxy.config.SourceObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

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
  private final List<FieldError> errors = new ArrayList<>();
  private boolean custom;
  private Dialect dialect = Dialect.of("v1");

  private ObjectDecoder(boolean strict) {
    this.strict = strict;
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
    return new ObjectDecoder(true).decode(object, place);
  }

  /** Reads what a server has stored: unknown fields are left alone. */
  public static Decoded stored(JsonNode object, String place) {
    return new ObjectDecoder(false).decode(object, place);
  }

  private Decoded decode(JsonNode node, String place) {
    if (!node.isObject()) {
      return refused("found no mapping, expected an object with apiVersion and kind");
    }
    FieldReader object = new FieldReader(node, "", errors);
    String version = object.text("apiVersion");
    String kind = object.text("kind");
    if (!VERSIONS.contains(version)) {
      return refused(
          "apiVersion: found \"" + version + "\", expected one of " + String.join(", ", VERSIONS));
    }
    dialect = Dialect.of(version.substring(version.indexOf('/') + 1));
    custom = version.equals(VERSIONS.get(0));
    if (strict) {
      status(node);
      object.ignore("status");
    }
    SourceObject decoded;
    List<String> notices;
    if (kind.equals(ObjectKey.Kind.FLOW_SCHEMA.apiName())) {
      FlowSchema schema = new FlowSchema(metadata(object), schemaSpec(object), List.of());
      decoded = SourceObject.of(schema, place);
      notices = dialect.notice(decoded.key());
    } else if (kind.equals(ObjectKey.Kind.PRIORITY_LEVEL.apiName())) {
      PriorityLevelConfiguration level =
          new PriorityLevelConfiguration(metadata(object), levelSpec(object), List.of());
      decoded = SourceObject.of(dialect.toV1(level), place);
      notices = dialect.notice(decoded.key());
    } else {
      return refused(
          "kind: found \"" + kind + "\", expected FlowSchema or PriorityLevelConfiguration");
    }
    end(object);
    // What cannot be read comes first: what is wrong with the rest may only follow from it.
    List<FieldError> all = new ArrayList<>(errors);
    decoded.errors().stream()
        .map(error -> new FieldError(error.type(), dialect.path(error.field()), error.detail()))
        .filter(error -> errors.stream().noneMatch(e -> e.field().equals(error.field())))
        .filter(error -> !(custom && error.field().startsWith(FINALIZERS)))
        .forEach(all::add);
    return new Decoded(
        Optional.of(
            new SourceObject(
                decoded.key(), decoded.place(), decoded.schema(), decoded.level(), all)),
        notices,
        "");
  }

  private static Decoded refused(String why) {
    return new Decoded(Optional.empty(), List.of(), why);
  }

  private void end(@Nullable FieldReader mapping) {
    if (strict && mapping != null) {
      mapping.refuseOthers();
    }
  }

  private <T> List<T> list(List<FieldReader> elements, Function<FieldReader, T> read) {
    List<T> values = new ArrayList<>();
    for (FieldReader element : elements) {
      values.add(read.apply(element));
      end(element);
    }
    return values;
  }

  private ObjectMeta metadata(FieldReader object) {
    FieldReader metadata = object.object("metadata");
    if (metadata == null) {
      return ObjectMeta.of("", "", java.util.Map.of());
    }
    // As at kube-apiserver an object without namespace is put beside all namespaces, whatever
    // stands
    // here: charts write one everywhere.
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
            list(metadata.objects("ownerReferences"), ObjectDecoder::owner));
    metadata.instant("creationTimestamp");
    metadata.instant("deletionTimestamp");
    metadata.ignore("selfLink", "resourceVersion", "deletionGracePeriodSeconds", "managedFields");
    end(metadata);
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
    FieldReader status = new FieldReader(object, "", found).object("status");
    if (status != null) {
      for (FieldReader condition : status.objects("conditions")) {
        condition.text("type");
        condition.text("status");
        condition.text("reason");
        condition.text("message");
        condition.instant("lastTransitionTime");
        if (custom) {
          condition.ignore("observedGeneration");
        }
        condition.refuseOthers();
      }
      status.refuseOthers();
    }
    found.stream()
        .filter(error -> !custom || error.type() == FieldError.Type.FORBIDDEN)
        .forEach(errors::add);
  }

  private FlowSchema.Spec schemaSpec(FieldReader object) {
    FieldReader spec = object.object("spec");
    if (spec == null) {
      return new FlowSchema.Spec("", 0, null, List.of());
    }
    FieldReader level = spec.object("priorityLevelConfiguration");
    FieldReader distinguisher = spec.object("distinguisherMethod");
    FlowSchema.Spec read =
        new FlowSchema.Spec(
            level == null ? "" : level.text("name"),
            spec.number("matchingPrecedence"),
            distinguisher == null ? null : distinguisher.text("type"),
            list(spec.objects("rules"), this::rule));
    end(level);
    end(distinguisher);
    end(spec);
    return read;
  }

  private Rule rule(FieldReader rule) {
    return new Rule(
        list(rule.objects("subjects"), this::subject),
        list(
            rule.objects("resourceRules"),
            resource ->
                new ResourceRule(
                    resource.texts("verbs"),
                    resource.texts("apiGroups"),
                    resource.texts("resources"),
                    resource.bool("clusterScope"),
                    resource.texts("namespaces"))),
        list(
            rule.objects("nonResourceRules"),
            path -> new NonResourceRule(path.texts("verbs"), path.texts("nonResourceURLs"))));
  }

  private Subject subject(FieldReader subject) {
    FieldReader user = subject.object("user");
    FieldReader group = subject.object("group");
    FieldReader account = subject.object("serviceAccount");
    Subject read =
        new Subject(
            subject.text("kind"),
            user == null ? null : user.text("name"),
            group == null ? null : group.text("name"),
            account == null
                ? null
                : new ServiceAccount(account.text("namespace"), account.text("name")));
    end(user);
    end(group);
    end(account);
    return read;
  }

  private PriorityLevelConfiguration.Spec levelSpec(FieldReader object) {
    FieldReader spec = object.object("spec");
    if (spec == null) {
      return new PriorityLevelConfiguration.Spec("", null, null);
    }
    FieldReader limited = spec.object("limited");
    FieldReader exempt = spec.object("exempt");
    PriorityLevelConfiguration.Spec read =
        new PriorityLevelConfiguration.Spec(
            spec.text("type"),
            limited == null ? null : limited(limited),
            exempt == null
                ? null
                : new Exempt(
                    exempt.integer("nominalConcurrencyShares"), exempt.integer("lendablePercent")));
    end(limited);
    end(exempt);
    end(spec);
    return read;
  }

  private Limited limited(FieldReader limited) {
    FieldReader response = limited.object("limitResponse");
    FieldReader queuing = response == null ? null : response.object("queuing");
    Limited read =
        new Limited(
            limited.integer(dialect.sharesField()),
            limited.integer("lendablePercent"),
            limited.integer("borrowingLimitPercent"),
            new LimitResponse(
                response == null ? "" : response.text("type"),
                queuing == null
                    ? null
                    : new Queuing(
                        queuing.number("queues"),
                        queuing.number("handSize"),
                        queuing.number("queueLengthLimit"))));
    end(queuing);
    end(response);
    return read;
  }
}
