package io.apfproxy.authn.tell;

import io.apfproxy.request.UserInfo;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Keeps who really asked in the upstream's audit log, where the proxy impersonates on behalf of a
 * client that impersonates. Source: specification security.md, S22.
 */
public final class OriginalUser {
  /** Reserved extra key; nobody else may use it. */
  public static final String KEY = "original-user-info.apf-proxy.io";

  private OriginalUser() {}

  /** The effective user with the original one, as JSON, in its extra. */
  public static UserInfo addTo(UserInfo effective, UserInfo original) {
    JsonObject info = new JsonObject().put("username", original.name());
    if (!original.uid().isEmpty()) {
      info.put("uid", original.uid());
    }
    info.put("groups", new JsonArray(original.groups()));
    Map<String, List<String>> extra = new LinkedHashMap<>(effective.extra());
    extra.put(KEY, List.of(info.encode()));
    return new UserInfo(effective.name(), effective.uid(), effective.groups(), extra);
  }
}
