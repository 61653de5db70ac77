package io.apfproxy.admin;

import static io.apfproxy.admin.AdminPages.Dump.PRIORITY_LEVELS;
import static io.apfproxy.admin.AdminPages.Dump.QUEUES;
import static io.apfproxy.admin.AdminPages.Dump.REQUESTS;
import static io.apfproxy.admin.Route.Audience.EVERYBODY;
import static io.apfproxy.admin.Route.Audience.OPERATORS;

import io.apfproxy.admin.AdminPages.Dump;
import io.apfproxy.admin.Route.Handler;
import io.apfproxy.admin.Route.Permit;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All pages of the admin listener: where each is, who reads it, by which right, and what makes it.
 * Belongs to one event loop.
 */
final class Routes {
  private static final String DEBUG = "/debug/api_priority_and_fairness/";

  private final AdminPages pages;
  private final PageMill mill;
  private final List<Route> table;

  /**
   * @param mill makes what takes long
   */
  Routes(AdminPages pages, PageMill mill) {
    this.pages = pages;
    this.mill = mill;
    this.table =
        List.of(
            new Route("/livez", EVERYBODY, Permit.NONE, asked -> live()),
            new Route("/readyz", EVERYBODY, Permit.NONE, this::readiness),
            new Route("/metrics", OPERATORS, Permit.PATH, asked -> metrics()),
            new Route(
                DEBUG + "dump_priority_levels", OPERATORS, Permit.PATH, dump(PRIORITY_LEVELS)),
            new Route(DEBUG + "dump_queues", OPERATORS, Permit.PATH, dump(QUEUES)),
            new Route(DEBUG + "dump_requests", OPERATORS, Permit.PATH_AND_DETAILS, dump(REQUESTS)),
            new Route(DEBUG + "explain", OPERATORS, Permit.PATH, this::explain));
  }

  /**
   * @param path without query; null if the request has none
   */
  Optional<Route> find(@Nullable String path) {
    return table.stream().filter(route -> route.path().equals(path)).findFirst();
  }

  private static Future<AdminReply> live() {
    return Future.succeededFuture(AdminReply.plain(200, "ok"));
  }

  private Future<AdminReply> readiness(Asked asked) {
    return Future.succeededFuture(Readiness.reply(pages.readiness(), asked));
  }

  private Future<AdminReply> metrics() {
    return mill.make("metrics", () -> AdminReply.prometheus(pages.metrics()));
  }

  private Handler dump(Dump what) {
    return asked -> {
      boolean details = what == REQUESTS && asked.withDetails();
      return mill.make(List.of(what, details), () -> text(pages.dump(what, details)));
    };
  }

  private Future<AdminReply> explain(Asked asked) {
    return mill.make(asked.uri(), () -> explanation(asked));
  }

  private AdminReply explanation(Asked asked) {
    String method = asked.parameter("method");
    String url = asked.parameter("url");
    if (method == null || url == null) {
      return AdminReply.plain(400, "explain: expected the parameters method and url\n");
    }
    try {
      return text(
          pages.explain(method, url, asked.parameter("user"), asked.parameters().getAll("group")));
    } catch (IllegalArgumentException e) {
      return AdminReply.plain(400, e.getMessage() + "\n");
    }
  }

  private static AdminReply text(Optional<String> page) {
    return page.map(found -> AdminReply.plain(200, found))
        .orElseGet(
            () ->
                AdminReply.plain(404, "404: --enable-priority-and-fairness=false has no queues\n"));
  }
}
