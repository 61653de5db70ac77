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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All pages of the admin listener: where each is, who reads it, by which right, and what makes it.
 * Belongs to one event loop.
 */
final class Routes {
  private static final String DEBUG = "/debug/api_priority_and_fairness/";

  private static final String OWN = "/debug/apf-proxy/";
  private static final String JSON = "json";
  private static final String TEXT = "text";
  private static final String NO_QUEUES =
      "404: --enable-priority-and-fairness=false has no queues\n";

  private final AdminPages pages;
  private final PageMill scrapes;
  private final PageMill dumps;
  private final PageMill reports;
  private final List<Route> table;

  /**
   * @param mills make what takes long; a scrape waits for no dump, and neither for the other pages
   */
  Routes(AdminPages pages, Supplier<PageMill> mills, EventStreams streams) {
    this.pages = pages;
    this.scrapes = mills.get();
    this.dumps = mills.get();
    this.reports = mills.get();
    List<Route> all = new ArrayList<>(StaticFiles.routes());
    all.addAll(
        List.of(
            new Route("/livez", EVERYBODY, Permit.NONE, asked -> live()),
            new Route("/readyz", EVERYBODY, Permit.NONE, this::readiness),
            new Route("/metrics", OPERATORS, Permit.PATH, asked -> metrics()),
            new Route(
                DEBUG + "dump_priority_levels", OPERATORS, Permit.PATH, dump(PRIORITY_LEVELS)),
            new Route(DEBUG + "dump_queues", OPERATORS, Permit.PATH, dump(QUEUES)),
            new Route(DEBUG + "dump_requests", OPERATORS, Permit.PATH_AND_DETAILS, dump(REQUESTS)),
            new Route(DEBUG + "explain", OPERATORS, Permit.PATH, this::explain),
            new Route(OWN + "top", OPERATORS, Permit.PATH, this::top),
            new Route(OWN + "refusals", OPERATORS, Permit.PATH, this::refusals),
            new Route(OWN + "state", OPERATORS, Permit.PATH, asked -> state()),
            new Route(OWN + "queues", OPERATORS, Permit.PATH, this::queues),
            new Route(OWN + "events", OPERATORS, Permit.PATH, streams::handle)));
    this.table = List.copyOf(all);
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
    return scrapes.make("metrics", () -> AdminReply.prometheus(pages.metrics()));
  }

  private Handler dump(Dump what) {
    return asked -> {
      boolean details = what == REQUESTS && asked.withDetails();
      return dumps.make(List.of(what, details), () -> text(pages.dump(what, details)));
    };
  }

  private Future<AdminReply> explain(Asked asked) {
    return dumps.make(asked.uri(), () -> explanation(asked));
  }

  private AdminReply explanation(Asked asked) {
    String method = asked.parameter("method");
    String url = asked.parameter("url");
    if (method == null || url == null) {
      return AdminReply.plain(400, "explain: expected the parameters method and url\n");
    }
    String output = asked.parameter("output") == null ? TEXT : asked.parameter("output");
    boolean json = output.equals(JSON);
    if (!json && !output.equals(TEXT)) {
      return AdminReply.plain(400, "output: expected one of json, text\n");
    }
    try {
      List<String> groups = asked.parameters().getAll("group");
      Optional<String> page = pages.explain(method, url, asked.parameter("user"), groups, json);
      return json && page.isPresent() ? AdminReply.json(page.get()) : text(page);
    } catch (IllegalArgumentException e) {
      return AdminReply.plain(400, e.getMessage() + "\n");
    }
  }

  private Future<AdminReply> state() {
    return Future.succeededFuture(AdminReply.json(pages.live().state() + "\n"));
  }

  private Future<AdminReply> queues(Asked asked) {
    String level = asked.parameter("level");
    if (level == null) {
      return Future.succeededFuture(
          AdminReply.plain(400, "queues: expected the parameter level\n"));
    }
    return reports.make(
        asked.uri(),
        () ->
            pages
                .live()
                .queues(level)
                .map(page -> AdminReply.json(page + "\n"))
                .orElseGet(() -> AdminReply.plain(404, "404: there is no such level\n")));
  }

  private Future<AdminReply> top(Asked asked) {
    return reports.make(asked.uri(), () -> topTalkers(asked));
  }

  private AdminReply topTalkers(Asked asked) {
    String output = asked.parameter("output") == null ? JSON : asked.parameter("output");
    try {
      return pages
          .top(
              asked.parameter("by"),
              asked.parameter("window"),
              asked.parameter("sort"),
              asked.parameter("limit"),
              output)
          .map(page -> output.equals(JSON) ? AdminReply.json(page) : AdminReply.plain(200, page))
          .orElseGet(() -> nobodyKnows(asked));
    } catch (IllegalArgumentException e) {
      return AdminReply.plain(400, e.getMessage() + "\n");
    }
  }

  private static AdminReply nobodyKnows(Asked asked) {
    return AdminReply.plain(
        404,
        "now".equals(asked.parameter("window"))
            ? NO_QUEUES
            : "404: --top-counters=0 lets nobody be counted\n");
  }

  private Future<AdminReply> refusals(Asked asked) {
    return reports.make(asked.uri(), () -> lastRefusals(asked));
  }

  private AdminReply lastRefusals(Asked asked) {
    try {
      return AdminReply.json(
          pages.refusals(
              asked.parameter("audit-id"),
              asked.parameter("user"),
              asked.parameter("rule"),
              asked.parameter("level"),
              asked.parameter("limit")));
    } catch (IllegalArgumentException e) {
      return AdminReply.plain(400, e.getMessage() + "\n");
    }
  }

  private static AdminReply text(Optional<String> page) {
    return page.map(found -> AdminReply.plain(200, found))
        .orElseGet(() -> AdminReply.plain(404, NO_QUEUES));
  }
}
