package io.apfproxy.report;

import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Names of a query's parameters whose values hold no secrets: they may stand in logs and
 * recordings. Of all others, such as the command of an exec, the values do not. Source:
 * specification seeing.md V-91.
 */
public final class ShownParameters {
  /** In alphabetical order, with capitals before small letters. */
  public static final SortedSet<String> NAMES =
      Collections.unmodifiableSortedSet(
          new TreeSet<>(
              List.of(
                  "allowWatchBookmarks",
                  "dryRun",
                  "fieldManager",
                  "fieldSelector",
                  "fieldValidation",
                  "follow",
                  "force",
                  "gracePeriodSeconds",
                  "labelSelector",
                  "limit",
                  "orphanDependents",
                  "pretty",
                  "propagationPolicy",
                  "resourceVersion",
                  "resourceVersionMatch",
                  "sendInitialEvents",
                  "timeout",
                  "timeoutSeconds",
                  "watch")));

  /** The token of a page: only that it is there is told. */
  public static final String CONTINUE = "continue";

  private ShownParameters() {}
}
