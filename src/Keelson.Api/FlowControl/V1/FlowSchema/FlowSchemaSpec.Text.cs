using System.Globalization;
using Keelson.Api.Kinds;

namespace Keelson.Api.FlowControl.V1;

/// <summary>Specs as upstream prints them in errors.</summary>
internal static class FlowSchemaText
{
    public static string Render(FlowSchemaSpec spec) => ErrorValue.Object(
        ("PriorityLevelConfiguration", Named(spec.PriorityLevelConfiguration.Name)),
        ("MatchingPrecedence", Number(spec.MatchingPrecedence)),
        ("DistinguisherMethod", spec.DistinguisherMethod is { } method
            ? ErrorValue.Object(("Type", ErrorValue.Json(method.Type)))
            : "null"),
        ("Rules", ErrorValue.List([.. spec.Rules.Select(Render)])));

    public static string Render(PriorityLevelConfigurationSpec spec) => ErrorValue.Object(
        ("Type", ErrorValue.Json(spec.Type)),
        ("Limited", Render(spec.Limited)),
        ("Exempt", spec.Exempt is { } exempt
            ? ErrorValue.Object(
                ("NominalConcurrencyShares", Number(exempt.NominalConcurrencyShares)),
                ("LendablePercent", Number(exempt.LendablePercent)))
            : "null"));

    private static string Render(LimitedPriorityLevelConfiguration? limited) => limited is null ? "null" : ErrorValue.Object(
        ("NominalConcurrencyShares", Number(limited.NominalConcurrencyShares ?? 0)),
        ("LimitResponse", ErrorValue.Object(
            ("Type", ErrorValue.Json(limited.LimitResponse.Type)),
            ("Queuing", limited.LimitResponse.Queuing is { } queuing
                ? ErrorValue.Object(
                    ("Queues", Number(queuing.Queues)),
                    ("HandSize", Number(queuing.HandSize)),
                    ("QueueLengthLimit", Number(queuing.QueueLengthLimit)))
                : "null"))),
        ("LendablePercent", Number(limited.LendablePercent)),
        ("BorrowingLimitPercent", Number(limited.BorrowingLimitPercent)));

    private static string Render(PolicyRulesWithSubjects rule) => ErrorValue.Object(
        ("Subjects", ErrorValue.List([.. rule.Subjects.Select(Render)])),
        ("ResourceRules", ErrorValue.List([.. rule.ResourceRules.Select(Render)])),
        ("NonResourceRules", ErrorValue.List([.. rule.NonResourceRules.Select(Render)])));

    private static string Render(Subject subject) => ErrorValue.Object(
        ("Kind", ErrorValue.Json(subject.Kind)),
        ("User", subject.User is { } user ? Named(user.Name) : "null"),
        ("Group", subject.Group is { } group ? Named(group.Name) : "null"),
        ("ServiceAccount", subject.ServiceAccount is { } account
            ? ErrorValue.Object(("Namespace", ErrorValue.Json(account.Namespace)), ("Name", ErrorValue.Json(account.Name)))
            : "null"));

    private static string Render(ResourcePolicyRule rule) => ErrorValue.Object(
        ("Verbs", ErrorValue.Json(rule.Verbs)),
        ("APIGroups", ErrorValue.Json(rule.ApiGroups)),
        ("Resources", ErrorValue.Json(rule.Resources)),
        ("ClusterScope", rule.ClusterScope ? "true" : "false"),
        ("Namespaces", ErrorValue.Json(rule.Namespaces)));

    private static string Render(NonResourcePolicyRule rule) => ErrorValue.Object(
        ("Verbs", ErrorValue.Json(rule.Verbs)),
        ("NonResourceURLs", ErrorValue.Json(rule.NonResourceURLs)));

    private static string Named(string name) => ErrorValue.Object(("Name", ErrorValue.Json(name)));

    private static string Number(int? number) => number is { } value ? value.ToString(CultureInfo.InvariantCulture) : "null";
}
