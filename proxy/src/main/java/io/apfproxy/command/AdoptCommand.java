package io.apfproxy.command;

import io.apfproxy.cli.AdoptOptions;
import io.apfproxy.cli.StartException;
import io.apfproxy.time.TimeSource;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Says of each level whether it hurts to hold its users to it. Source: specification seeing.md
 * V-40.
 */
public final class AdoptCommand {
  private AdoptCommand() {}

  /**
   * Asks all proxies for their metrics, and adds them up.
   *
   * @param time whose date tells how long the proxies have been running
   * @throws StartException if a proxy does not answer, or not as one
   */
  public static Output run(AdoptOptions options, TimeSource time) throws StartException {
    AdminClient client = AdminClient.open(options.admin());
    List<ShadowPage> pages = new ArrayList<>();
    for (URI url : options.admin().urls()) {
      try {
        pages.add(ShadowPage.read(client.get(url, "/metrics")));
      } catch (IllegalArgumentException e) {
        throw new StartException("--admin: " + url + " answers " + e.getMessage(), e);
      }
    }
    List<Adoption> levels = Adoption.of(pages, Instant.ofEpochMilli(time.epochMillis()));
    return new Output(options.json() ? AdoptText.json(levels) : AdoptText.table(levels), 0);
  }
}
