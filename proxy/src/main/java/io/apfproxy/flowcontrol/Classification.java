package io.apfproxy.flowcontrol;

/**
 * Where a request was put. Names and UIDs are empty where there is no such object: UIDs of built-in
 * objects, and everything under the classic limits.
 *
 * @param flowSchema name of the FlowSchema that matched
 * @param priorityLevel name of its PriorityLevelConfiguration
 * @param flowDistinguisher user, namespace or empty
 */
public record Classification(
    String flowSchema,
    String flowSchemaUid,
    String priorityLevel,
    String priorityLevelUid,
    String flowDistinguisher) {
  /** Of requests that flow control does not look at. */
  public static final Classification NONE = new Classification("", "", "", "", "");
}
