using Keelson.Api.FlowControl.V1;
using Keelson.Api.Tests.Kinds;

namespace Keelson.Api.Tests.FlowControl.V1;

public sealed class FlowControlKindsTests
{
    private const string CatchAll = """
        {"metadata":{"name":"catch-all"},"spec":{"priorityLevelConfiguration":{"name":"catch-all"},"matchingPrecedence":10000,
         "distinguisherMethod":{"type":"ByUser"},"rules":[{"subjects":[
           {"kind":"Group","group":{"name":"system:unauthenticated"}},{"kind":"Group","group":{"name":"system:authenticated"}}],
          "resourceRules":[{"verbs":["*"],"apiGroups":["*"],"resources":["*"],"clusterScope":true,"namespaces":["*"]}],
          "nonResourceRules":[{"verbs":["*"],"nonResourceURLs":["*"]}]}]}}
        """;

    [Fact]
    public void The_last_schema_is_fixed()
    {
        Assert.Empty(KindProbe.CreateErrors<FlowSchema>(CatchAll));
        string error = Assert.Single(
            KindProbe.CreateErrors<FlowSchema>(CatchAll.Replace("10000", "9999", StringComparison.Ordinal)));
        Assert.StartsWith(
            "spec: Invalid value: {\"PriorityLevelConfiguration\":{\"Name\":\"catch-all\"},\"MatchingPrecedence\":9999,\"DistinguisherMethod\":{\"Type\":\"ByUser\"},\"Rules\":[{\"Subjects\":[{\"Kind\":\"Group\",\"User\":null,",
            error,
            StringComparison.Ordinal);
        Assert.EndsWith(": spec of 'catch-all' must equal the fixed value", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_the_exempt_schema_comes_first() => Assert.Equal(
        [
            "spec.matchingPrecedence: Invalid value: 1: only the schema named 'exempt' may have matchingPrecedence 1",
            "spec.priorityLevelConfiguration.name: Required value: must reference a priority level",
            "spec.rules[0].subjects[0].serviceAccount: Required value: serviceAccount is required when subject kind is 'ServiceAccount'",
            "spec.rules[0].subjects[0].user: Forbidden: user is forbidden when subject kind is not 'User'",
            "spec.rules[0].nonResourceRules[0].nonResourceURLs[0]: Invalid value: \"/a*\": wildcard can only do suffix matching",
        ],
        KindProbe.CreateErrors<FlowSchema>("""
            {"metadata":{"name":"a"},"spec":{"matchingPrecedence":1,"rules":[{"subjects":[{"kind":"ServiceAccount","user":{"name":"u"}}],
             "nonResourceRules":[{"verbs":["get"],"nonResourceURLs":["/a*"]}]}]}}
            """));

    [Fact]
    public void Hands_must_fit_the_hash()
    {
        PriorityLevelConfiguration made = KindProbe.Create<PriorityLevelConfiguration>(
            """{"metadata":{"name":"a"},"spec":{"type":"Limited","limited":{"limitResponse":{"type":"Queue","queuing":{}}}}}""");
        Assert.Equal("a | Limited | 30 | 64 | 8 | 50 | <unknown>", KindProbe.Row(made));
        Assert.Equal(
            ["spec.limited.limitResponse.queuing.handSize: Invalid value: 11: required entropy bits of deckSize 64 and handSize 11 should not be greater than 60"],
            KindProbe.CreateErrors<PriorityLevelConfiguration>(
                """{"metadata":{"name":"a"},"spec":{"type":"Limited","limited":{"limitResponse":{"type":"Queue","queuing":{"handSize":11}}}}}"""));
    }

    [Fact]
    public void Of_the_exempt_level_only_its_lending_may_change()
    {
        Assert.Empty(KindProbe.CreateErrors<PriorityLevelConfiguration>(
            """{"metadata":{"name":"exempt"},"spec":{"type":"Exempt","exempt":{"lendablePercent":50}}}"""));
        Assert.Contains(
            "spec.type: Invalid value: \"Limited\": type must be 'Exempt' if and only if name is 'exempt'",
            KindProbe.CreateErrors<PriorityLevelConfiguration>("""{"metadata":{"name":"exempt"},"spec":{"type":"Limited"}}"""));
    }
}
