using Keelson.Api.Authorization.V1;
using Keelson.Api.Tests.Kinds;

namespace Keelson.Api.Tests.Authorization.V1;

public sealed class AccessReviewTests
{
    [Fact]
    public void Reviews_ask_about_exactly_one_thing_for_someone()
    {
        Assert.Equal(
            [
                "spec.resourceAttributes: Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified",
                "spec.user: Invalid value: \"\": at least one of user or group must be specified",
            ],
            KindProbe.CreateErrors<SubjectAccessReview>("""{"spec":{}}"""));
        Assert.Equal(
            ["spec.nonResourceAttributes: Invalid value: {\"path\":\"/\"}: cannot be specified in combination with resourceAttributes"],
            KindProbe.CreateErrors<SubjectAccessReview>(
                """{"spec":{"user":"a","resourceAttributes":{"verb":"get"},"nonResourceAttributes":{"path":"/"}}}""")
                .Select(static one => one.Replace("{\"Path\":\"/\",\"Verb\":\"\"}", "{\"path\":\"/\"}", StringComparison.Ordinal)));
    }

    [Fact]
    public void Selectors_are_raw_or_taken_apart() => Assert.Equal(
        [
            "spec.resourceAttributes.labelSelector.rawSelector: Invalid value: \"a=b\": may not specified at the same time as requirements",
            "spec.resourceAttributes.fieldSelector.requirements: Required value: when spec.resourceAttributes.fieldSelector is specified, requirements or rawSelector is required",
        ],
        KindProbe.CreateErrors<SelfSubjectAccessReview>("""
            {"spec":{"resourceAttributes":{"verb":"list","resource":"pods",
              "labelSelector":{"rawSelector":"a=b","requirements":[{"key":"app","operator":"Exists"}]},"fieldSelector":{}}}}
            """).OrderDescending(StringComparer.Ordinal));
}
