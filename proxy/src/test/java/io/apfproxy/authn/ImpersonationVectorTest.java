package io.apfproxy.authn;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.apfproxy.authn.act.AccessReviewer.Path;
import io.apfproxy.authn.act.AccessReviewer.Question;
import io.apfproxy.authn.act.AccessReviewer.Resource;
import io.apfproxy.authn.act.AccessReviews;
import io.apfproxy.authn.act.Impersonations;
import io.apfproxy.authn.act.Impersonations.Verdict;
import io.apfproxy.authn.head.Credentials.Impersonation;
import io.apfproxy.request.RecordedRequests;
import io.apfproxy.request.UserInfo;
import io.apfproxy.time.ManualTime;
import io.apfproxy.vectors.VectorFiles;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class ImpersonationVectorTest {
  @TestFactory
  Stream<DynamicTest> makesTheClientWhomTheReferenceMakesIt() {
    return VectorFiles.tests("impersonation.jsonl", ImpersonationVectorTest::check);
  }

  private static void check(JsonNode testCase) {
    Impersonations impersonations =
        new Impersonations(
            new AccessReviews(
                question ->
                    CompletableFuture.completedFuture(isAllowed(testCase.get("rules"), question)),
                64,
                1000,
                1000,
                ManualTime.at(Instant.now())),
            () -> true,
            ManualTime.at(Instant.now()));
    for (JsonNode request : testCase.get("requests")) {
      Verdict verdict =
          impersonations
              .decide(
                  user(request.get("user")),
                  wish(request.get("impersonate")),
                  RecordedRequests.info(
                      request.get("method").textValue(), request.get("url").textValue()))
              .join();
      if (request.has("want")) {
        assertThat(verdict.user()).as("%s", request).isEqualTo(user(request.get("want")));
      } else {
        assertThat(verdict.user()).as("%s", request).isNull();
        assertDenial(request, verdict);
      }
    }
  }

  /** The reference looks at extra keys in any order ({@code *}: its answers differed). */
  private static void assertDenial(JsonNode request, Verdict verdict) {
    String expected = request.get("error").textValue();
    if (!expected.equals("*")) {
      assertThat(verdict.refusal())
          .extracting(refusal -> withoutSyntax(refusal.getMessage()))
          .as("%s", request)
          .isEqualTo(withoutSyntax(expected));
    }
  }

  /** What a key should be like is worded differently. */
  private static String withoutSyntax(String message) {
    return message.replaceFirst("(key in extra is not allowed: ).*", "$1");
  }

  private static boolean isAllowed(JsonNode rules, Question question) {
    for (JsonNode rule : rules.path(question.user().name())) {
      if (matches(rule, "verb", question.verb()) && covers(rule, question)) {
        return true;
      }
    }
    return false;
  }

  private static boolean covers(JsonNode rule, Question question) {
    if (question.target() instanceof Path path) {
      return matches(rule, "path", path.path());
    }
    Resource resource = (Resource) question.target();
    return matches(rule, "group", resource.group())
        && matches(rule, "resource", resource.resource())
        && matches(rule, "subresource", resource.subresource())
        && matches(rule, "namespace", resource.namespace())
        && matches(rule, "name", resource.name());
  }

  private static boolean matches(JsonNode rule, String field, String value) {
    String pattern = rule.get(field).textValue();
    return pattern.equals("*") || pattern.equals(value);
  }

  private static UserInfo user(JsonNode node) {
    return new UserInfo(
        node.get("name").textValue(),
        node.path("uid").asText(),
        texts(node.path("groups")),
        extra(node));
  }

  private static Impersonation wish(JsonNode node) {
    UserInfo user = user(node);
    return new Impersonation(user.name(), user.uid(), user.groups(), user.extra());
  }

  private static Map<String, List<String>> extra(JsonNode node) {
    Map<String, List<String>> extra = new LinkedHashMap<>();
    node.path("extra").properties().forEach(e -> extra.put(e.getKey(), texts(e.getValue())));
    return extra;
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(item -> texts.add(item.textValue()));
    return texts;
  }
}
